"""TensorFlow in a process of its own: the referee, and the one who knows every layer."""
