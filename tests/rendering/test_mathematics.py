"""Mathematics as models write it, and money as people do."""

from __future__ import annotations

import pytest

from labeling.rendering import render_markdown
from tests.rendering.html import Outline


class Formula(Outline):
    """Collects (source, display) of every formula."""

    def __init__(self, text: str) -> None:
        self.found: list[tuple[str, str]] = []
        self._display: str | None = None
        super().__init__(render_markdown(text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        values = dict(attrs)
        if values.get("class") == "math":
            self._display = values["data-display"]
            self.found.append(("", str(self._display)))

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self._display is not None:
            source, display = self.found[-1]
            self.found[-1] = (source + data, display)

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._display = None


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("$x^2$", [("x^2", "false")]),
        ("\\(x^2\\)", [("x^2", "false")]),
        ("so $$x$$ holds", [("x", "true")]),
        ("so \\[x\\] holds", [("x", "true")]),
        ("$$\na &= b \\\\\nc &= d\n$$", [("a &= b \\\\\nc &= d", "true")]),
        ("text\n\\[\na < b\n\\]\nmore", [("a < b", "true")]),
        ("- \\[\n  x\n  \\]\n- $y$", [("x", "true"), ("y", "false")]),
        ("> \\[\n> x\n> \\]", [("x", "true")]),
        ("| $a$ | \\(b\\) |\n|---|---|\n| 1 | 2 |", [("a", "false"), ("b", "false")]),
        ("**$x$** and *$y$*", [("x", "false"), ("y", "false")]),
        ("it costs \\$5, $x$", [("x", "false")]),
        ("$x$ and US$20", [("x", "false")]),
        ("($x$), $y$.", [("x", "false"), ("y", "false")]),
        ("$2x + 3$", [("2x + 3", "false")]),
        ("$a_1*b*c$", [("a_1*b*c", "false")]),
    ],
)
def test_a_formula_is_found_with_its_source(text: str, formulas: list[tuple[str, str]]):
    assert Formula(text).found == formulas


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $10",
        "It is $5.",
        "between $5 and $10, or US$20 and US$30",
        "$5 million and $6 million",
        "about $5 million or US$ 6",
        "$5-$10",
        "`$HOME` and `$PATH`",
        "$HOME and $PATH",
        "$ x $",
        "\\[link\\](https://a.example)",
        "\\(never closed",
        "$$never closed",
        "\\(\\)",
        "$",
        "$$",
        "$$$$",
        "    $x$",
        "```\n$x$\n\\[y\\]\n```",
    ],
)
def test_money_shell_and_code_are_not_mathematics(text: str):
    assert Formula(text).found == []


def test_money_is_shown_as_it_was_written():
    text = "It was $5 and $10, then US$20."
    assert Outline(render_markdown(text)).text.strip() == text


def test_hostile_tex_stays_inside_its_span():
    formula = Formula('$\\href{javascript:alert(1)}{x}</span><b id="y">$')
    assert formula.found == [('\\href{javascript:alert(1)}{x}</span><b id="y">', "false")]
    assert formula.tags() == ["p", "span"]
