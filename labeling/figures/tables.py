"""Figures as tables for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_ENDS = ("value", "low", "high")


def csv_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as CSV. Texts that people wrote have to be defused: no cell may be a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def figure_cells(figure: Mapping[str, Any]) -> list[object]:
    """Value, ends and n of a figure; what is undefined is empty."""
    ends = (figure[name] for name in _ENDS)
    return [*("" if end is None else f"{end:.6g}" for end in ends), figure["n"]]
