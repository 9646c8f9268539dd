"""The ops that stand as nodes in functional graphs: Keras 3's own, and TensorFlow's of Keras 2."""
