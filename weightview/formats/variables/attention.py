"""Variables of the attention layers; the dense layers inside them are not in their config."""

from weightview.formats.variables.table import (
    Inner,
    Table,
    Variable,
    Variables,
    flag,
)


def _projection(kernel: tuple[str, ...], bias: tuple[str, ...]) -> tuple[Variable, ...]:
    return (Variable("kernel", kernel), Variable("bias", bias, flag("use_bias")))


def _projections(query_head: str, key_head: str) -> tuple[Inner, ...]:
    """Return the dense layers of an attention layer, in ``get_weights()`` order."""
    query, key = (query_head, "key dimension"), (key_head, "key dimension")
    value = (key_head, "value dimension")
    gate = (query_head, "value dimension")
    return (
        Inner("query_dense", "query", _projection(("input", *query), query)),
        Inner("key_dense", "key", _projection(("input", *key), key)),
        Inner(
            "gate_dense", "gate", _projection(("input", *gate), gate), when=flag("use_gate", False)
        ),
        Inner("value_dense", "value", _projection(("input", *value), value)),
        Inner(
            "output_dense",
            "attention_output",
            (
                Variable(
                    "kernel", lambda _, s: (query_head, "value dimension", *_outputs(len(s) - 2))
                ),
                Variable("bias", lambda _, s: _outputs(len(s)), flag("use_bias")),
            ),
        ),
    )


def _outputs(count: int) -> tuple[str, ...]:
    return ("output",) if count == 1 else tuple(f"output {number + 1}" for number in range(count))


TABLE: Table = {
    "MultiHeadAttention": Variables(inner=_projections("head", "head")),
    "GroupedQueryAttention": Variables(inner=_projections("query head", "key head")),
    "GroupQueryAttention": Variables(
        inner=_projections("query head", "key head"), stored_class="GroupedQueryAttention"
    ),
    "Attention": Variables(
        (
            Variable("scale", (), flag("use_scale", False)),
            Variable("concat_score_weight", (), lambda c: c.get("score_mode") == "concat"),
        )
    ),
    "AdditiveAttention": Variables((Variable("scale", ("dimension",), flag("use_scale")),)),
}
