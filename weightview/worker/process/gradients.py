"""How one number of the output changes with each weight: TensorFlow's reverse pass."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import WorkerError
from weightview.worker.process.models import BuiltModel, Models
from weightview.worker.process.outputs import as_tensor

Array = npt.NDArray[Any]


def gradients(
    models: Models,
    key: int,
    inputs: Sequence[Array],
    tensor: int,
    index: Sequence[int],
    paths: Sequence[str],
) -> dict[str, Array | None]:
    """Return the derivative of one output number with respect to weights, in inference mode.

    Args:
        models: the built models.
        key: the client's number of the model.
        inputs: one array per model input, with the batch axis.
        tensor: which output of the model.
        index: which number of it, with the batch axis.
        paths: the weights.

    Returns:
        By path an array of the weight's shape; None where nothing flows to it (integers, weights
        that the output does not depend on).

    Raises:
        WorkerError: the output has no such number, or a weight is stored in an older form.
    """
    import tensorflow as tf

    built = models.get(key)
    variables = {path: _variable(built, path) for path in paths}
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for variable in variables.values():
            tape.watch(variable)
        tensors = [as_tensor(array) for array in inputs]
        output = built.model(built.keras.arguments(built.model, tensors), training=False)
        flat = tf.nest.flatten(output)
        if tensor >= len(flat) or not _is_inside(index, flat[tensor].shape):
            raise WorkerError(f"Output {tensor} of the model has no number at {tuple(index)}.")
        number = flat[tensor][tuple(index)]
    found = tape.gradient(number, list(variables.values()))
    return {
        path: None if gradient is None else np.asarray(tf.convert_to_tensor(gradient).numpy())
        for path, gradient in zip(variables, found, strict=True)
    }


def _is_inside(index: Sequence[int], shape: Sequence[int]) -> bool:
    return len(index) == len(shape) and all(0 <= i < n for i, n in zip(index, shape, strict=True))


def _variable(built: BuiltModel, path: str) -> Any:
    for group in built.weights.values():
        variable = group.variable(path)
        if variable is not None:
            return built.keras.tensorflow_variable(variable)
    raise WorkerError(
        f"“{path}” is stored in a form of an older Keras; its gradient cannot be told."
    )
