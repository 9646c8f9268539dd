"""Many inputs at once: measures over a table of rows, scaling outside the model, sweeps."""
