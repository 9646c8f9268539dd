"""TensorFlow in a process of its own: the only code that imports TensorFlow, Keras or libhdf5.

It is started by :mod:`weightview.worker.client` as ``python -m weightview.worker.process`` (a
bundle: ``weightview --worker``) and speaks :mod:`weightview.worker.protocol` on standard input and
output. It opens no model file: it is given a vetted config and arrays.
"""


def main() -> int:
    """Serve requests until standard input ends; return the exit code."""
    from weightview.worker.process.serving import serve

    return serve()
