"""How many bytes each row of Arrow data takes as values of Python, before it becomes such values.

A list that names one text a million times takes four bytes for each name in Arrow, and the whole
text in every one of a million values; a list of nothing takes no bytes at all, and eight for each.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from labeling.datasets.arrow import pa, pc
from labeling.datasets.readers.arrowvalues import ArrowColumn, ArrowTests, is_any, list_views

if TYPE_CHECKING:
    from numpy.typing import NDArray

Sizes: TypeAlias = "NDArray[np.int64]"

#: Bytes of a value that is no text, with its place in the one that holds it.
_VALUE = 64
#: Bytes at least that a text or a list takes in Arrow: where it ends.
_OFFSET = 4


@cache
def _lists() -> ArrowTests:
    return (pa.types.is_list, pa.types.is_large_list, pa.types.is_map)


@cache
def _texts() -> ArrowTests:
    kinds = pa.types
    return (kinds.is_string, kinds.is_large_string, kinds.is_binary, kinds.is_large_binary)


@cache
def _wide() -> ArrowTests:
    return (pa.types.is_int32, pa.types.is_int64, pa.types.is_float32, pa.types.is_float64)


@cache
def _views() -> ArrowTests:
    return (pa.types.is_string_view, pa.types.is_binary_view)


def at_most(batch: pa.RecordBatch) -> float:
    """A bound of what all rows take, found at once; infinite where there is none so simple.

    Every value of a text or a list takes at least four bytes, so that there are no more values.
    """
    depth = max((_depth(kind) for kind in batch.schema.types), default=0.0)
    flat = depth <= 1 and _VALUE * batch.num_rows * batch.num_columns
    return batch.nbytes + (flat or batch.nbytes * depth * _VALUE / _OFFSET)


def _depth(kind: pa.DataType) -> float:
    """How many values stand in each other; infinite for those that may take no bytes."""
    if is_any(kind, _texts()) or is_any(kind, _wide()):
        return 1.0
    if pa.types.is_list(kind):
        return 1.0 + _depth(kind.value_type)
    if pa.types.is_struct(kind) and kind.num_fields:
        return 1.0 + max(_depth(kind.field(i).type) for i in range(kind.num_fields))
    return math.inf


def row_sizes(batch: pa.RecordBatch) -> Sizes:
    """About how many bytes each row of a batch takes."""
    sizes = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        sizes += _sizes(column)
    return sizes


def _sizes(array: ArrowColumn) -> Sizes | int:
    """The bytes of each value, or of every one of them where they are alike."""
    kind = array.type
    if is_any(kind, _texts()):
        return _plus(_numbers(pc.binary_length(array)))
    if is_any(kind, _views()):
        return _sizes(array.cast(pa.large_binary()))
    if isinstance(kind, pa.BaseExtensionType):
        return _sizes(array.storage)
    if pa.types.is_dictionary(kind):
        named = _sizes(array.dictionary)
        return named if isinstance(named, int) else _taken(named, _numbers(array.indices))
    if is_any(kind, _lists()):
        return _of_lists(array)
    if is_any(kind, list_views()):
        return _of_views(array)
    if pa.types.is_fixed_size_list(kind):
        return _of_fixed(array)
    if pa.types.is_struct(kind):
        fields = (array.field(i) for i in range(kind.num_fields))
        names = sum(len(field.name) for field in kind)
        return sum(map(_sizes, fields), _VALUE + names)
    return _VALUE


def _taken(sizes: Sizes, places: Sizes) -> Sizes:
    # A dictionary may be empty where all that names it is null.
    taken: Sizes = sizes[places] if len(sizes) else np.zeros(len(places), np.int64)
    return taken


def _of_lists(array: ArrowColumn) -> Sizes:
    """The sum of what each list holds: `values` are those of all lists, also of other rows."""
    if pa.types.is_map(array.type):
        of_item = _sizes(array.keys) + _sizes(array.items)
    else:
        of_item = _sizes(array.values)
    offsets = _numbers(array.offsets)
    if isinstance(of_item, int):
        return _plus(np.diff(offsets) * of_item)
    ends = np.concatenate(([0], np.cumsum(of_item)))
    return _plus(np.diff(ends[offsets]))


def _of_views(array: ArrowColumn) -> Sizes:
    """As `_of_lists`; several of these lists may share their values."""
    of_item, lengths = _sizes(array.values), _numbers(array.sizes)
    if isinstance(of_item, int):
        return _plus(lengths * of_item)
    starts = _numbers(array.offsets)
    ends = np.concatenate(([0], np.cumsum(of_item)))
    return _plus(ends[starts + lengths] - ends[starts])


def _plus(sizes: Sizes) -> Sizes:
    return sizes + _VALUE


def _of_fixed(array: ArrowColumn) -> Sizes | int:
    width, of_item = int(array.type.list_size), _sizes(array.values)
    if isinstance(of_item, int) or not width:
        return width * _VALUE + _VALUE
    each: Sizes = of_item.reshape(-1, width).sum(1)
    return _plus(each[array.offset : array.offset + len(array)])


def _numbers(array: ArrowColumn) -> Sizes:
    return np.asarray(pc.fill_null(array, 0).cast(pa.int64()))
