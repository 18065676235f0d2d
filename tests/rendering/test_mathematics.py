"""Mathematics as models write it, and money as people do."""

from __future__ import annotations

import pytest

from labeling.rendering import render_markdown
from labeling.rendering.mathematics import MAX_FORMULA_CHARS, MAX_FORMULAS
from labeling.rendering.tex import MAX_NESTING, is_showable
from tests.budget import cost_of
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
    formula = Formula('$\\text{x}</span><b id="y">$')
    assert formula.found == [('\\text{x}</span><b id="y">', "false")]
    assert formula.tags() == ["p", "span"]


# What nests a formula's layout, each once more.
NESTING = {
    "powers": ("x^{", "}"),
    "fractions": (r"\frac{1}{1+", "}"),
    "roots": (r"\sqrt{", "}"),
    "delimiters": (r"\left(", r"\right)"),
    "tables": (r"\begin{matrix}", r"\end{matrix}"),
    "groups": (r"\begingroup ", r" \endgroup"),
    "styles": (r"\displaystyle ", ""),
    "sizes": (r"\Huge ", ""),
    "accents": ("", "\u0301"),
}


@pytest.mark.parametrize("name", NESTING)
def test_a_formula_nested_too_deep_is_shown_as_it_was_written(name: str):
    opener, closer = NESTING[name]
    source = f"${opener * (MAX_NESTING + 1)}x{closer * (MAX_NESTING + 1)}$"
    formula = Formula(f"It is {source}.")
    assert formula.found == []
    assert formula.text.strip() == f"It is {source}."
    few = MAX_NESTING // 8
    assert len(Formula(f"${opener * few}x{closer * few}$").found) == 1


@pytest.mark.parametrize(
    "tex",
    [
        r"\textcolor{red}{x}",
        r"\colorbox{white}{x}",
        r"\rule{9em}{9em}",
        r"\phantom{xxxx}y",
        r"\rlap{x}",
        r"\mathllap{x}",
        r"\smash{x}",
        r"\raisebox{3em}{x}",
        r"\kern20em x",
        r"\kern{-3em}x",
        r"\mkern -360mu x",
        r"\hspace*{ 9 cm}x",
        r"\hskip\x",
        r"\kern%" + "9em x",
        r"x\!" + r"\!" * 40,
        r"a\\[-9em]b",
        r"\def\a{\a\a}\a",
        r"\newcommand{\a}{x}\a",
        r"\htmlStyle{color:red}{x}",
        r"\href{https://example.com}{x}",
        r"\genfrac{}{}{20em}{}{a}{b}",
        r"\@firstoftwo{a}{b}",
        r"\begin{matrix}" + "x&" * 500 + r"\end{matrix}",
    ],
)
def test_a_formula_that_moves_colours_hides_or_defines_is_shown_as_it_was_written(tex: str):
    for text in (f"${tex}$", f"$$\n{tex}\n$$"):
        formula = Formula(text)
        assert formula.found == []
        assert formula.text.strip() == text


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{1}{2}\,dx\!\kern-0.1em\hspace{1cm}\quad",
        r"\begin{aligned} a &= b \\[6pt] c &= d \\ [1, 2] \end{aligned}",
        r"\left\{ \begin{array}{ll} x & \text{if } x > 0 \\ 0 & \text{else} \end{array} \right.",
        r"\cfrac{1}{1+\cfrac{1}{1+\cfrac{1}{1+\cfrac{1}{1+x}}}} \colon \ruleset",
        r"\overbrace{a+b}^{\text{é, ñ, ộ}} \hat{x}\tilde{y}\boxed{z}\operatorname{rank}(A)",
    ],
)
def test_an_ordinary_formula_is_typeset(tex: str):
    assert Formula(f"$${tex}$$").found == [(tex, "true")]


def test_after_very_many_formulas_the_rest_is_source():
    assert len(Formula("$x$ " * (MAX_FORMULAS + 50)).found) == MAX_FORMULAS
    long = "$" + "x" * 900 + "$ "
    assert len(Formula(long * 20).found) == MAX_FORMULA_CHARS // 900


@pytest.mark.parametrize(
    "sign", ["\\kern ", "\\", "{", "\u0301", "\\left", "\\hspace*{ ", "@", "\\!"]
)
def test_no_formula_costs_time_to_look_at(sign: str):
    cost_of(is_showable, sign * (4_000 // len(sign)), seconds=0.1)
