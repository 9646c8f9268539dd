"""TensorFlow's checkpoints and SavedModels, read by TensorFlow in the worker's process."""
