"""Numbers read back in: inputs and tables from CSV, NPY and NPZ files."""
