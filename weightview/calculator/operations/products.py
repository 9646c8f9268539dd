"""Matrix products in pieces that BLAS computes without waking its threads.

On a busy machine the threads of OpenBLAS wait for the processor: a product of 784 × 4096 took 24 ms
with them and 0.2 ms without. Pieces below BLAS' own threshold are computed where they are.
"""

import numpy as np

from weightview.calculator.tensors import Array

_VECTOR_ALONE = 400_000
"""A vector times so many numbers is computed by one thread (OpenBLAS: below 460,800)."""

_MATRIX_ALONE = 250_000
"""So many multiplications in a product of matrices are done by one thread (OpenBLAS: 262,144)."""

_MATRIX_LARGE = 50_000_000
"""From so many multiplications on, threads are worth their waking."""

_FEWEST_ROWS = 4


def product(x: Array, kernel: Array) -> Array:
    """Return ``x @ kernel``: ``(..., inputs)`` and ``(inputs, units)`` give ``(..., units)``."""
    result: Array
    if x.size == x.shape[-1]:
        if kernel.size <= _VECTOR_ALONE or x.dtype != kernel.dtype:
            result = x @ kernel
            return result
        return _vector_product(x.reshape(-1), kernel).reshape(*x.shape[:-1], -1)
    rows = x.reshape(-1, x.shape[-1])
    return _matrix_product(rows, kernel).reshape(*x.shape[:-1], kernel.shape[-1])


def _vector_product(x: Array, kernel: Array) -> Array:
    rows = max(1, _VECTOR_ALONE // kernel.shape[1])
    result: Array = x[:rows] @ kernel[:rows]
    for start in range(rows, len(x), rows):
        result += x[start : start + rows] @ kernel[start : start + rows]
    return result


def _matrix_product(rows: Array, kernel: Array) -> Array:
    total = rows.shape[0] * kernel.size
    block = _MATRIX_ALONE // max(1, kernel.size)
    result: Array
    if not _MATRIX_ALONE < total < _MATRIX_LARGE or block < _FEWEST_ROWS:
        result = rows @ kernel
        return result
    whole = len(rows) - len(rows) % block
    result = np.empty((len(rows), kernel.shape[1]), np.result_type(rows, kernel))
    # numpy multiplies the matrices of a stack one by one.
    stack = rows[:whole].reshape(-1, block, rows.shape[1])
    np.matmul(stack, kernel, out=result[:whole].reshape(-1, block, kernel.shape[1]))
    if whole < len(rows):
        np.matmul(rows[whole:], kernel, out=result[whole:])
    return result
