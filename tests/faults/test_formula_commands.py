"""Every command that KaTeX knows, repeated and nested as far as the server lets it, in a tab."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from labeling.rendering.tex import MAX_NESTING, is_showable
from projects.models import Project
from tests.architecture.sources import ROOT
from tests.browser.conftest import desk
from tests.browser.desk import Desk
from tests.conftest import MakeTasks

__all__ = ["desk"]

pytestmark = pytest.mark.django_db(transaction=True)

#: Of the formulas here; a quarter of what one may have, so that all of them take minutes.
CHARS = 1_000
#: What such a formula may take to be typeset and laid out, on a machine with other things to do.
MILLISECONDS = 1_000

MEASURE = """(sources) => {
    const span = document.createElement("span");
    document.querySelector(".side .content").replaceChildren(span);
    return sources.map((source) => {
        const begun = performance.now();
        try {
            katex.render(source, span, { maxExpand: 500, maxSize: 4, displayMode: true });
        } catch { span.textContent = ""; }
        span.getBoundingClientRect();
        return performance.now() - begun;
    });
}"""


def commands() -> list[str]:
    """The names of all commands in the source of KaTeX."""
    source = (ROOT / "static/vendor/katex-0.19.1/katex.min.js").read_text()
    return sorted(set(re.findall(r'\\\\([a-zA-Z@]+|[^a-zA-Z\\"\s])', source)))


def formulas(name: str) -> Iterator[str]:
    """The command over and over, with arguments, nested in itself, as powers and in tables."""
    command = f"\\{name} "
    repeated = (command, f"{command}{{x}}", f"{command}{{x}}{{y}}", f"{command}{{3em}}x")
    for piece in repeated:
        yield piece * (CHARS // len(piece) - 1) + "x"
    for opener in (f"{command}{{1", f"x^{{{command}"):
        yield opener * MAX_NESTING + "x" + "}" * MAX_NESTING
    yield rf"\begin{{matrix}}{(command + '{x}&') * (CHARS // (len(command) + 4))}\end{{matrix}}"


def test_no_formula_that_the_server_lets_through_costs_a_tab_much(
    desk: Desk, project: Project, make_tasks: MakeTasks
):
    make_tasks(project, 1, contents=("so $x^2$", "y"))
    desk.open()
    desk.page.wait_for_selector(".math.typeset")
    shown, dear = 0, []
    for name in commands():
        sources = [source for source in formulas(name) if is_showable(source)]
        shown += len(sources)
        times = desk.page.evaluate(MEASURE, sources)
        dear += [
            (round(ms), source[:60])
            for ms, source in zip(times, sources, strict=True)
            if ms > MILLISECONDS
        ]
    assert dear == []
    assert shown > 3000
