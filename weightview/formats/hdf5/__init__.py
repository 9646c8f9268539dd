"""HDF5 files, read through pyfive: a tree of groups, each array with its place in the file."""
