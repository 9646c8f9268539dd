"""Numbers taken out of a document, into CSV and NPY, and read back."""
