"""Pairs of raters, kept a page at a time beside the report that they belong to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from tempfile import TemporaryFile
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias, overload

import numpy as np
from django.db import transaction

from labeling import stats
from labeling.models import RaterPairPart, Report

if TYPE_CHECKING:
    from labeling.stats import RaterPairs, TaskTauPairs

#: Pairs of raters by what they are compared by: answers, or the order of responses.
ComparedRaters: TypeAlias = "RaterPairs | TaskTauPairs"

#: ComparedRaters a page of the list, and so a row of the table.
PART = 100
_BATCH = 200  # Rows written by one statement; `bulk_create` would first make a list of all.
_KAPPA = ("percent", "percent_low", "percent_high", "kappa", "kappa_low", "kappa_high")
_TAU = ("tau", "low", "high")
_KAPPA_CONVENTIONS = ("percent_convention", "kappa_convention")


def pairs_in_short(pairs: ComparedRaters) -> dict[str, Any]:
    """What all pairs of a criterion share, and how many there are: a part of the report."""
    if isinstance(pairs, stats.TaskTauPairs):
        return {"count": len(pairs), "convention": pairs.convention}
    return {"count": len(pairs), **{name: getattr(pairs, name) for name in _KAPPA_CONVENTIONS}}


class PairSpool:
    """The pairs of one criterion after the other, in a file until all are known and kept.

    A thousand raters make half a million pairs: those of one criterion are in memory at a time.
    """

    def __enter__(self) -> Self:
        self._lines = TemporaryFile("w+", encoding="utf-8")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lines.close()

    def add(self, criterion: str, pairs: ComparedRaters) -> None:
        """Puts the pairs of a criterion aside."""
        for number, columns in enumerate(_parts(pairs), start=1):
            line = {"criterion": criterion, "number": number, "pairs": columns}
            self._lines.write(f"{json.dumps(line)}\n")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._lines.seek(0)
        return map(json.loads, self._lines)


def keep_pairs(report: Report, spool: PairSpool) -> None:
    """Replaces the kept pairs of a report by these."""
    with transaction.atomic():
        RaterPairPart.objects.filter(report=report).delete()
        rows = (RaterPairPart(report=report, **columns) for columns in spool)
        while batch := list(islice(rows, _BATCH)):
            RaterPairPart.objects.bulk_create(batch)


class KeptPairs(Sequence[dict[str, Any]]):
    """The pairs of a criterion as they were kept, most shared tasks first; reads what it is asked.

    Raters have the names in `names`.
    """

    def __init__(self, report: Report, criterion: str, names: Mapping[int, str]) -> None:
        self._shared = report.data["criteria"][criterion]["pairs"]
        self._parts = RaterPairPart.objects.filter(report=report, criterion=criterion)
        self._names = names

    def __len__(self) -> int:
        return int(self._shared["count"])

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        start, stop, _step = place.indices(len(self))
        first = start // PART
        # Parts count from 1.
        parts = self._parts.filter(number__gt=first, number__lte=-(-stop // PART))
        columns = parts.order_by("number").values_list("pairs", flat=True)
        rows = [row for part in columns for row in _rows(part, self._shared, self._names)]
        return rows[start - first * PART : stop - first * PART]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        parts = self._parts.order_by("number").values_list("pairs", flat=True)
        for columns in parts.iterator(chunk_size=20):
            yield from _rows(columns, self._shared, self._names)


def _parts(pairs: ComparedRaters) -> Iterator[dict[str, Any]]:
    """The pairs as columns, those with the most shared tasks first, `PART` at a time."""
    floats = _TAU if isinstance(pairs, stats.TaskTauPairs) else _KAPPA
    raters = np.array(pairs.raters, dtype=np.int64)
    first, second = raters[pairs.first], raters[pairs.second]
    order = np.lexsort((second, first, -pairs.n))
    for start in range(0, len(order), PART):
        chosen = order[start : start + PART]
        yield {
            "first": first[chosen].tolist(),
            "second": second[chosen].tolist(),
            "n": pairs.n[chosen].tolist(),
            **{name: _without_nan(getattr(pairs, name)[chosen].tolist()) for name in floats},
        }


def _without_nan(values: Sequence[float]) -> list[float | None]:
    return [None if value != value else value for value in values]


def _rows(
    columns: Mapping[str, Any], shared: Mapping[str, Any], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    """The pairs of one part as they are shown."""
    ends = np.array([columns["first"], columns["second"]], dtype=np.int64)
    raters, places = np.unique(ends, return_inverse=True)
    first, second = places.reshape(ends.shape)
    n, people = np.array(columns["n"], dtype=np.int64), tuple(raters.tolist())
    names_of = _TAU if "convention" in shared else _KAPPA
    floats = {name: np.array(columns[name], dtype=np.float64) for name in names_of}
    if "convention" in shared:
        taus = stats.TaskTauPairs(
            people, first, second, n, **floats, convention=shared["convention"]
        )
        return stats.tau_rows(taus, names)
    pairs = stats.RaterPairs(
        raters=people,
        first=first,
        second=second,
        n=n,
        percent=floats["percent"],
        percent_low=floats["percent_low"],
        percent_high=floats["percent_high"],
        kappa=floats["kappa"],
        kappa_low=floats["kappa_low"],
        kappa_high=floats["kappa_high"],
        percent_convention=shared["percent_convention"],
        kappa_convention=shared["kappa_convention"],
    )
    return stats.pair_rows(pairs, names)
