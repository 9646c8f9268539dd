"""The calculator: each layer's arithmetic in NumPy, in stages, each number with its derivation."""
