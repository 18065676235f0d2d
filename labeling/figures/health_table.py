"""The health of principles as a table for spreadsheets and programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labeling.datasets.texts import defuse
from labeling.figures.tables import csv_table, figure_cells
from projects.models import Principle

_SHARES = ("cited", "violated", "unsure", "conflicts")
_AGREEMENTS = ("percent_agreement", "gwet_ac1")


def health_csv(clauses: Iterable[Principle], figures: Mapping[str, Any]) -> str:
    """One row a principle: each figure with its ends and n, and why it is to be worded anew.

    `clauses` are the wordings in force, each as it first stood.
    """
    names = [*_SHARES, *(f"{of}_{name}" for of in ("citing", "ruling") for name in _AGREEMENTS)]
    parts = ("", "_low", "_high", "_n")
    columns = [f"{name}{part}" for name in names for part in parts]
    rows: list[list[object]] = []
    for clause in clauses:
        health = figures["principles"].get(clause.key)
        if health is None:
            continue
        shares = [health[name] for name in _SHARES]
        shares += [health[of][name] for of in ("citing", "ruling") for name in _AGREEMENTS]
        changed = f"{clause.guideline.published_at:%Y-%m-%dT%H:%M:%SZ}"
        head = [clause.key, clause.number, defuse(clause.title), clause.version, changed]
        cells = (cell for figure in shares for cell in figure_cells(figure))
        rows.append([*head, *cells, health["rewrite"]])
    first = ["key", "number", "title", "version", "last_change"]
    return csv_table([*first, *columns, "rewrite"], rows)
