"""The attention layers: scores, weights and mixture, each a stage."""

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from weightview.calculator.activations import ACTIVATIONS, with_parameters
from weightview.calculator.call import Call
from weightview.calculator.layers.activations import far_below
from weightview.calculator.layers.biases import biased
from weightview.calculator.operations.activating import activate
from weightview.calculator.operations.elementwise import apply, multiply
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.operations.reducing import reduce_axes
from weightview.calculator.operations.summing import einsum
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, Tensor, constant
from weightview.core.model import Layer, Shape

_FAR_BELOW = -1e9
_FAR_BELOW_FLOAT16 = -65504.0
_HEADS_AND_SIZE = 2


@forward("MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention", keeps_mask=True)
def multi_head_attention(  # noqa: PLR0913, PLR0917 - the arguments of Keras' own call
    call: Call,
    query: Tensor,
    value: Tensor,
    key: Tensor | None = None,
    query_mask: Tensor | None = None,
    value_mask: Tensor | None = None,
    key_mask: Tensor | None = None,
    attention_mask: Any = None,
    return_attention_scores: bool = False,
    use_causal_mask: bool = False,
) -> Any:
    """Mix values by how well their keys fit a query, in several heads.

    As ``keras.layers.MultiHeadAttention`` and ``GroupedQueryAttention``: ``key_dim`` is per head,
    scores are divided by its root, softmax runs over the keys.
    """
    key = value if key is None else key
    own = query_mask or query.mask, value_mask or value.mask, key_mask or key.mask
    mask = _combined(call, query, value, own, attention_mask, use_causal_mask)
    x, y, z = (call.floats(t) for t in (query, key, value))
    q = _projected(call, "query_dense", "query", x)
    k = _repeated(call, _projected(call, "key_dense", "key", y), q)
    v = _repeated(call, _projected(call, "value_dense", "value", z), q)
    axes = _attention_axes(call, q)
    batch, target, source = _labels(q.ndim, axes)
    joined = "".join([target[i] for i in batch] + [target[i] for i in axes])
    joined += "".join(source[i] for i in axes)
    scores = einsum(f"{''.join(target)},{''.join(source)}->{joined}", q, k)
    scores = call.stage("scores", "Σ query × key", scores)
    root = constant(1 / np.sqrt(q.shape[-1]), "1 / √(key dimension)", q.dtype)
    scores = call.stage("scaled_scores", "× 1 / √(key dimension)", multiply(scores, root))
    weights = _weights(call, scores, mask, len(axes))
    mixed = source.copy()
    mixed[-1] = "Z"
    out = [*target[:-1], "Z"]
    mixture = einsum(f"{joined},{''.join(mixed)}->{''.join(out)}", weights, v)
    mixture = call.stage("mixture", "Σ weight × value", mixture)
    if call.setting("use_gate", default=False):
        gate = _projected(call, "gate_dense", "gate_sum", x)
        gate = call.stage("gate", "sigmoid", activate(gate, ACTIVATIONS["sigmoid"]))
        mixture = call.stage("gated", "mixture × gate", multiply(mixture, gate))
    output = _output(call, mixture)
    output.mask = query.mask
    return (output, weights) if return_attention_scores else output


def _inner(call: Call, role: str, part: str) -> Tensor:
    layer = call.layer.inner(role)
    weight = call.weight(part, layer) if layer is not None else None
    if weight is None:
        raise call.refuse(f"the file holds no {part} of {role}")
    if layer is not None and (call.plan.mode(layer) or call.weight("kernel_scale", layer)):
        raise call.refuse("the calculator does not know attention with quantised numbers")
    return weight


def _projected(call: Call, role: str, name: str, x: Tensor) -> Tensor:
    """Return ``x @ kernel + bias`` per head: ``(..., heads, size)``."""
    kernel = _inner(call, role, "kernel")
    letters = string.ascii_lowercase[: x.ndim - 1]
    z = einsum(f"{letters}x,xyz->{letters}yz", x, kernel)
    layer = call.layer.inner(role)
    bias = call.weight("bias", layer) if layer is not None else None
    if bias is None:
        return call.stage(name, f"x @ {name} kernel", z)
    z = call.stage(f"{name}_sum", f"x @ {name} kernel", z)
    return call.stage(name, "+ bias", biased(call, z, bias))


def _repeated(call: Call, x: Tensor, query: Tensor) -> Tensor:
    """Return keys or values repeated, where several query heads share one (grouped query)."""
    times = query.shape[-2] // x.shape[-2]
    if times == 1:
        return x
    call.notes.append(f"Each key and value head serves {times} query heads.")
    return moved(lambda a: np.repeat(a, times, axis=-2), x)


def _attention_axes(call: Call, q: Tensor) -> list[int]:
    """Return over which axes of the projected query attention runs."""
    given = call.setting("attention_axes")
    if given is None or call.layer.class_name != "MultiHeadAttention":
        return list(range(1, q.ndim - _HEADS_AND_SIZE))
    axes = given if isinstance(given, (list, tuple)) else [given]
    unprojected = q.ndim - 1
    return [int(a) % unprojected for a in axes]


def _labels(rank: int, axes: Sequence[int]) -> tuple[list[int], list[str], list[str]]:
    """Return the axes that are not mixed, and a letter for each axis of query and key."""
    target = list(string.ascii_lowercase[:rank])
    source = [string.ascii_uppercase[i] if i in axes else letter for i, letter in enumerate(target)]
    return [i for i in range(rank - 1) if i not in axes], target, source


def _combined(
    call: Call,
    query: Tensor,
    value: Tensor,
    own: tuple[Tensor | None, Tensor | None, Tensor | None],
    given: Any,
    causal: bool,
) -> Array | None:
    """Return where attention may look, ``(batch or 1, ..., queries, keys)``, or None."""
    masks: list[Array] = []
    query_mask, value_mask, key_mask = own
    if query_mask is not None:
        masks.append(query_mask.value.astype(np.bool_)[:, :, np.newaxis])
    masks.extend(
        m.value.astype(np.bool_)[:, np.newaxis, :] for m in (value_mask, key_mask) if m is not None
    )
    place = np.arange(query.shape[1])[:, np.newaxis] - np.arange(value.shape[1])
    if causal:
        masks.append((place >= 0)[np.newaxis])
    window = call.setting("sliding_window")
    if window is not None:
        masks.append((np.abs(place) < int(window))[np.newaxis])
    if isinstance(given, Tensor):
        masks.append(given.value.astype(np.bool_))
    elif given is not None:
        masks.append(np.asarray(given, dtype=np.bool_))
    if not masks:
        return None
    combined = masks[0]
    for mask in masks[1:]:
        combined = combined & mask
    return combined


def _weights(call: Call, scores: Tensor, mask: Array | None, count: int) -> Tensor:
    """Return the stage ``attention_weights``: softmax over the keys that the mask leaves."""
    if mask is not None:
        for _ in range(scores.ndim - mask.ndim):
            mask = np.expand_dims(mask, -count * 2 - 1)
        far = far_below(call)
        scores = call.stage(
            "masked_scores",
            "far below where the mask hides",
            _hidden(scores, mask, far),
        )
    axis: Any = -1 if count == 1 else tuple(range(-count, 0))
    softmax = with_parameters(ACTIVATIONS["softmax"], axis=axis)
    return call.stage("attention_weights", "softmax over the keys", activate(scores, softmax))


def _hidden(scores: Tensor, mask: Array, far: float) -> Tensor:
    """Return the scores, far below everything where ``mask`` is not set."""

    def function(scores: Any, mask: Any) -> Any:
        return np.where(mask, scores, scores + far)

    shown = Tensor(mask, None, constant(0, "attention mask").home, has_batch=len(mask) > 1)
    template = f"{{scores}} if {{mask}}, else {{scores}} {far:g}"
    return apply(function, template, scores=scores, mask=shown)


def _output(call: Call, mixture: Tensor) -> Tensor:
    kernel = _inner(call, "output_dense", "kernel")
    letters = string.ascii_lowercase[: mixture.ndim - 2]
    ends = string.ascii_uppercase[: kernel.ndim - 2]
    z = einsum(f"{letters}yz,yz{ends}->{letters}{ends}", mixture, kernel)
    layer = call.layer.inner("output_dense")
    bias = call.weight("bias", layer) if layer is not None else None
    if bias is None:
        return call.stage("output", "mixture @ output kernel", z)
    z = call.stage("output_sum", "mixture @ output kernel", z)
    return call.stage("output", "+ bias", biased(call, z, bias))


@shape_rule("MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention")
def multi_head_shape(layer: Layer, query: Shape, *others: Shape) -> Shape | None:
    """Return the query's shape, or with the config's output shape at its end."""
    del others
    given = layer.config.get("output_shape")
    if given is None:
        return query
    ends = tuple(given) if isinstance(given, (list, tuple)) else (int(given),)
    return (*query[:-1], *ends)


@forward("Attention", "AdditiveAttention")
def attention(
    call: Call,
    inputs: Any,
    mask: Any = None,
    return_attention_scores: bool = False,
    use_causal_mask: bool = False,
) -> Any:
    """Mix values by the scores of their keys (``keras.layers.Attention`` and its kin)."""
    tensors = [call.floats(t) for t in inputs]
    query, value = tensors[:2]
    key = tensors[2] if len(tensors) > _HEADS_AND_SIZE else value
    given = list(mask) if isinstance(mask, (list, tuple)) else [t.mask for t in inputs]
    query_mask, value_mask = given[0], given[1]
    scores = _scores(call, query, key)
    # Until Keras 2.9 a setting of the layer says so, not the call.
    causal = use_causal_mask or bool(call.setting("causal", default=False))
    hides = _value_mask(scores, value_mask, causal)
    if hides is not None:
        far = _FAR_BELOW_FLOAT16 if call.precision.low == "float16" else _FAR_BELOW
        scores = call.stage(
            "masked_scores", "far below where the mask hides", _hidden(scores, hides, far)
        )
    weights = activate(scores, ACTIVATIONS["softmax"])
    weights = call.stage("attention_weights", "softmax over the keys", weights)
    mixture = einsum("abc,acd->abd", weights, value)
    if query_mask is None:
        output = call.stage("output", "Σ weight × value", mixture)
    else:
        mixture = call.stage("mixture", "Σ weight × value", mixture)
        counts = moved(lambda m: m[..., np.newaxis], query_mask)
        output = call.stage(
            "output", "0 where the query is left out",
            apply(_kept, "{x} if {mask}, else 0", x=mixture, mask=counts),
        )  # fmt: skip
        output.mask = query_mask
    return (output, weights) if return_attention_scores else output


def _kept(x: Any, mask: Any) -> Any:
    dtype = np.asarray(x).dtype
    return np.where(mask, x, dtype.type(0))


def _value_mask(scores: Tensor, mask: Tensor | None, causal: bool) -> Array | None:
    hides: Array | None = None
    if mask is not None:
        hides = mask.value.astype(np.bool_)[:, np.newaxis, :]
    if causal:
        below = np.tril(np.ones(scores.shape[-2:], np.bool_))[np.newaxis]
        hides = below if hides is None else hides & below
    return hides


def _scores(call: Call, query: Tensor, key: Tensor) -> Tensor:
    scale = call.weight("scale")
    if call.layer.class_name == "Attention" and call.setting("score_mode", default="dot") == "dot":
        scores = call.stage("scores", "Σ query × key", einsum("abd,acd->abc", query, key))
        if scale is not None:
            scores = call.stage("scaled_scores", "× scale", multiply(scores, scale))
        return scores
    q = moved(lambda a: a[:, :, np.newaxis], query)
    k = moved(lambda a: a[:, np.newaxis], key)
    concat = call.layer.class_name == "Attention"
    if concat and scale is not None:
        z = apply(_scaled_tanh, "tanh({scale} · ({q} + {(k)}))", scale=scale, q=q, k=k)
    else:
        z = apply(_tanh_of_sum, "tanh({q} + {(k)})", q=q, k=k)
    z = call.stage("sums", "tanh(query + key)", z)
    if not concat and scale is not None:
        z = call.stage("scaled_sums", "× scale", multiply(z, scale))
    value = z.value.sum(axis=-1)
    scores = reduce_axes(z, "sum", (z.ndim - 1,), False, value)
    scores = call.stage("scores", "Σ over the dimensions", scores)
    weight = call.weight("concat_score_weight")
    if concat and weight is not None:
        scores = call.stage("weighted_scores", "× concat_score_weight", multiply(scores, weight))
    return scores


def _scaled_tanh(scale: Any, q: Any, k: Any) -> Any:
    return np.tanh(scale * (q + k))


def _tanh_of_sum(q: Any, k: Any) -> Any:
    return np.tanh(q + k)


@shape_rule("Attention", "AdditiveAttention")
def attention_shape(layer: Layer, query: Shape, value: Shape, *others: Shape) -> Shape:
    """Return the query's shape with the value's dimensions last."""
    del layer, others
    return (*query[:-1], value[-1])
