"""The operations of a SavedModel that act outside the model, found without running anything.

``saved_model.pb`` is read as data (``saved_model.proto``, ``graph.proto``, ``function.proto``).
"""

from collections.abc import Iterator
from pathlib import Path

from weightview.core.errors import OpenError
from weightview.core.numbers import shorten
from weightview.formats.checkpoints.protobuf import messages, text
from weightview.formats.source import SourceFile

_META_GRAPHS, _GRAPH, _NODES, _LIBRARY, _FUNCTIONS, _FUNCTION_NODES, _OP = 2, 2, 1, 2, 1, 3, 2
_MAXIMUM_BYTES = 256 << 20
_ACTING = frozenset(
    {
        *("ReadFile", "WriteFile", "MatchingFiles", "WholeFileReader", "WholeFileReaderV2"),
        *("PyFunc", "PyFuncStateless", "EagerPyFunc", "NumpyFunction", "LoadLibrary"),
        *("FixedLengthRecordReaderV2", "TextLineReaderV2", "TFRecordReaderV2", "TextLineDataset"),
        *(
            "TFRecordDataset",
            "FixedLengthRecordDataset",
            "RpcCall",
            "TryRpc",
            "Rpc",
            "DebugIdentity",
        ),
    }
)


def acting_operations(graph: Path, opened: Path) -> list[str]:
    """Return the names of operations of a SavedModel that read, write or call outside of it.

    Args:
        graph: its ``saved_model.pb``.
        opened: what the person opened, for the sentence.

    Raises:
        OpenError: it cannot be parsed.
    """
    source = SourceFile(graph)
    if source.size > _MAXIMUM_BYTES:
        return []
    data = source.read(0, source.size)
    try:
        names = set(_operations(data))
    except (ValueError, RecursionError) as error:
        message = f"its {graph.name} cannot be parsed ({error}); it is damaged."
        raise OpenError(opened, message) from error
    return sorted(names & _ACTING)


def _operations(data: bytes) -> Iterator[str]:
    found = False
    for meta in messages(data, _META_GRAPHS):
        found = True
        for graph in messages(meta, _GRAPH):
            for node in messages(graph, _NODES):
                yield text(node, _OP)
            for library in messages(graph, _LIBRARY):
                for function in messages(library, _FUNCTIONS):
                    for node in messages(function, _FUNCTION_NODES):
                        yield text(node, _OP)
    if not found:
        raise ValueError("no graph in it")


def sentence_about(operations: list[str]) -> str:
    """Return what to tell of operations that act outside the model."""
    names = ", ".join(shorten(name, 30) for name in operations[:8])
    return (
        f"Its graph holds operations that are unsafe ({names}): they read, write or call outside "
        "the model. They are not run here."
    )
