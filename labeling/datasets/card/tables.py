"""Tables, lists and figures of a card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from labeling.datasets.card.text import inline


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int = 0) -> str:
    """A Markdown table; the last `numbers` columns stand to the right. Cells come escaped."""
    marks = ["---"] * (len(head) - numbers) + ["---:"] * numbers
    lines = [f"| {' | '.join(cells)} |" for cells in (head, marks, *rows)]
    return "\n".join(lines) + "\n"


def bullets(items: Iterable[str]) -> str:
    """A list. Items come escaped."""
    return "".join(f"- {item}\n" for item in items)


def counts(title: str, numbers: Mapping[str, int]) -> str:
    """Counts by name in a sentence."""
    listed = ", ".join(f"{inline(name)}: {n:,}" for name, n in numbers.items())
    return f"{title}: {listed or 'none'}."


def figure_table(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Figures with interval, n and convention; one that is undefined says why."""
    head = ("figure", "value", "95% interval", "n", "convention")
    return markdown_table(head, [_figure(label, figure) for label, figure in rows])


def figures_in(report: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure in nested plain data, with its path as a label."""
    for key, value in report.items():
        label = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            if "convention" in value:
                yield label, value
            else:
                yield from figures_in(value, f"{label}, ")
        elif isinstance(value, list):
            for row in value:
                if isinstance(row, Mapping) and "title" in row:
                    yield from figures_in(row, f"{label}, {row['number']} {row['title']}, ")


def _figure(label: str, figure: Mapping[str, Any]) -> tuple[str, ...]:
    n, reason = f"{figure.get('n') or 0:,}", inline(figure.get("reason") or "")
    convention = inline(figure.get("convention") or "")
    if figure.get("value") is None:
        return inline(label), "–", reason or "undefined", n, convention
    low, high = figure.get("low"), figure.get("high")
    span = reason or "–" if low is None or high is None else f"{low:.3f} to {high:.3f}"
    return inline(label), f"{figure['value']:.3f}", span, n, convention


def number_of(n: int, noun: str) -> str:
    """So many things in words: 1 task, 2 tasks."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
