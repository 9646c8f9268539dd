"""The operations of the calculator: each computes an array and can explain its numbers."""
