"""The health of principles as a table for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from projects.models import Principle

_SHARES = ("cited", "violated", "unsure", "conflicts")
_AGREEMENTS = ("percent_agreement", "gwet_ac1")


def health_csv(clauses: Iterable[Principle], figures: Mapping[str, Any]) -> str:
    """One row a principle: each figure with its ends and n, and why it is to be worded anew.

    `clauses` are the wordings in force, each as it first stood.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [*_SHARES, *(f"{of}_{name}" for of in ("citing", "ruling") for name in _AGREEMENTS)]
    parts = ("", "_low", "_high", "_n")
    columns = [f"{name}{part}" for name in names for part in parts]
    writer.writerow(["key", "number", "title", "version", "last_change", *columns, "rewrite"])
    for clause in clauses:
        health = figures["principles"].get(clause.key)
        if health is None:
            continue
        shares = [health[name] for name in _SHARES]
        shares += [health[of][name] for of in ("citing", "ruling") for name in _AGREEMENTS]
        changed = f"{clause.guideline.published_at:%Y-%m-%dT%H:%M:%SZ}"
        head = [clause.key, clause.number, _plain(clause.title), clause.version, changed]
        writer.writerow(
            [*head, *(n for figure in shares for n in _cells(figure)), health["rewrite"]]
        )
    return out.getvalue()


def _cells(figure: Mapping[str, Any]) -> list[object]:
    ends = [figure[name] for name in ("value", "low", "high")]
    return [*("" if end is None else f"{end:.6g}" for end in ends), figure["n"]]


def _plain(text: str) -> str:
    """A title that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
