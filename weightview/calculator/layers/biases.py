"""Biases with more axes than one, added where Keras 3 on TensorFlow adds them.

``keras.ops.add`` takes an array that squeezes to a vector for a bias of the channels: it adds it
along the last axis, or else along axis 1, if that is as long, whatever the array's own axes say.
Every Keras 3 on TensorFlow gives these numbers, so they are what the model's output is.
"""

from weightview.calculator.call import Call
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.operations.summing import add_bias
from weightview.calculator.tensors import Tensor


def biased(call: Call, x: Tensor, bias: Tensor) -> Tensor:
    """Return ``x + bias`` as the Keras that wrote the file adds it.

    Args:
        call: the call, whose notes say where Keras adds along another axis than the bias' own.
        x: ``(batch, ...)``.
        bias: spread over the last axes of ``x`` by numpy's rule.
    """
    long = [axis for axis, n in enumerate(bias.shape) if n > 1]
    if call.is_old or len(long) != 1:
        return add_bias(x, bias)
    size = bias.shape[long[0]]
    own = long[0] - bias.ndim
    if x.shape[-1] == size:
        taken = -1
    elif x.shape[1] == size:
        taken = 1 - x.ndim
    else:
        return add_bias(x, bias)
    if taken == own:
        return add_bias(x, bias)
    call.notes.append(
        f"Keras 3 on TensorFlow adds this bias along axis {taken % x.ndim}, "
        f"though its own axis is {own % x.ndim}."
    )
    ones = (1,) * (-taken - 1)
    return add_bias(x, moved(lambda b: b.reshape(size, *ones), bias, has_batch=False))
