"""TensorFlow checkpoints: the variables' full names, and writing anew with every key kept."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import WorkerError
from weightview.worker.process.checkpoints import list_checkpoint
from weightview.worker.process.models import Models

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def checkpoint_names(models: Models, path: str) -> dict[str, str]:
    """Return the full name of each variable by its key: ``dense/kernel``.

    Checkpoints of TensorFlow 1 describe no objects; for them the result is empty.
    """
    from tensorflow.core.protobuf import trackable_object_graph_pb2

    if all(key != _OBJECT_GRAPH for key, _, _ in list_checkpoint(models, path)):
        return {}
    graph = trackable_object_graph_pb2.TrackableObjectGraph()
    graph.ParseFromString(_reader(path).get_tensor(_OBJECT_GRAPH))
    return {
        attribute.checkpoint_key: attribute.full_name
        for node in graph.nodes
        for attribute in node.attributes
    }


def write_checkpoint(
    models: Models, path: str, target: str, tensors: Mapping[str, npt.NDArray[Any]]
) -> None:
    """Write every tensor of the checkpoint at ``path`` to ``target``.

    Args:
        models: what the process holds.
        path: the checkpoint's prefix.
        target: the prefix of the files to be written.
        tensors: the new numbers by key; of the dtype and shape that the key has.

    Raises:
        WorkerError: a key, shape or dtype is not that of the checkpoint.
    """
    import tensorflow as tf

    listed = list_checkpoint(models, path)
    unknown = set(tensors) - {key for key, _, _ in listed}
    if unknown:
        raise WorkerError(f"The checkpoint has no tensor “{min(unknown)[:200]}”.")
    reader = _reader(path)
    keys, values = [], []
    for key, shape, kind in listed:
        # Text goes from reader to writer as it is: NumPy would cut zero bytes off its end.
        array = np.asarray(tensors[key]) if key in tensors else reader.get_tensor(key)
        value = tf.convert_to_tensor(array, dtype=tf.as_dtype(kind))
        if value.shape.as_list() != list(shape):
            raise WorkerError(f"“{key[:200]}” is to have the shape {shape}, found {value.shape}.")
        keys.append(key)
        values.append(value)
    tf.raw_ops.SaveV2(
        prefix=target, tensor_names=keys, shape_and_slices=[""] * len(keys), tensors=values
    )


def _reader(path: str) -> Any:
    import tensorflow as tf

    return tf.train.load_checkpoint(path)
