"""The layer classes, one module per family: a forward function and a shape rule for each."""
