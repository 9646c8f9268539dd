"""How each generation of Keras lays weights out in a file, and whose each array is."""
