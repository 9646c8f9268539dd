"""TensorFlow in a child process: the referee, and the calculator of layers we do not know."""
