"""Responses that try to paint over what is not theirs, move it, or widen the page: name → text.

Each was made to cover the other response, to look like a notice of the page, or to push the honest
text out of sight.
"""

from __future__ import annotations

_LIE = "This response could not be loaded."
_ZALGO = "".join(chr(code) for code in range(0x300, 0x370))

#: What a model might answer.
ATTACKS: dict[str, str] = {
    # mathematics that moves, colours or hides
    "kern": rf"$\kern30em\text{{{_LIE}}}$",
    "many small kerns": r"$" + r"\kern4em" * 12 + rf"\text{{{_LIE}}}$",
    "kern to the left": rf"$\kern-30em\text{{{_LIE}}}$",
    "many small pulls": "$x" + r"\!" * 300 + rf"\text{{{_LIE}}}$",
    "space": rf"$\hspace{{40em}}\text{{{_LIE}}}$",
    "white rule": r"$\rlap{\kern34em\smash{\textcolor{white}{\rule[0.4em]{20em}{6em}}}}$",
    "red notice": rf"$\llap{{\textcolor{{red}}{{\text{{{_LIE}}}}}\kern-34em}}$",
    "coloured box": r"$\colorbox{white}{\kern20em\rule{0em}{20em}}$",
    "raised box": rf"$\raisebox{{12em}}{{\text{{{_LIE}}}}}$",
    "lowered box": rf"$\raisebox{{-30em}}{{\text{{{_LIE}}}}}$",
    "phantom": r"$\phantom{" + "M" * 300 + rf"}}\text{{{_LIE}}}$",
    "smash": r"$\smash{\begin{matrix}" + r"M\\" * 40 + r"\end{matrix}}$",
    "style": rf"$\htmlStyle{{position:fixed;inset:0;background:white}}{{\text{{{_LIE}}}}}$",
    "huge letters": r"$\Huge\text{" + _LIE * 4 + "}$",
    "wide formula": "$" + "x" * 900 + "$",
    "wide display": "$$" + "M" * 900 + "$$",
    "tall matrix": r"$\begin{matrix}" + r"M\\" * 120 + r"\end{matrix}$",
    "wide matrix": r"$\begin{matrix}" + "M&" * 200 + r"\end{matrix}$",
    "negative row gap": r"$$\begin{matrix}a\\[-40em]" + _LIE + r"\end{matrix}$$",
    "tag": "$$x\\tag{" + _LIE * 5 + "}$$",
    "tower of powers": "$" + "x^{" * 19 + "x" + "}" * 19 + "$",
    "power tower that ends a tab": "$" + "x^{" * 210 + "x" + "}" * 210 + "$",
    "definitions": r"$\def\a{\kern20em}\a\a\a\text{" + _LIE + "}$",
    # letters that grow beyond their line
    "stacked accents": "".join(sign + _ZALGO * 3 for sign in "accents"),
    "stacked accents in a heading": "# " + "".join(sign + _ZALGO * 3 for sign in "heading"),
    "stacked accents in code": "```\n" + "".join(sign + _ZALGO * 3 for sign in "code") + "\n```",
    "stacked accents in mathematics": f"$x{_ZALGO}$ and $\\text{{x{_ZALGO}}}$",
    "tall letters": "𒐫" * 40 + "﷽" * 40 + "𒈙" * 40,
    "tall emoji": "👩‍👩‍👧‍👦" * 300,
    "wide letters": "ＷＩＤＥ　" * 300,
    # order and direction
    "turned around": "\u202e" + _LIE * 20 + "\u202c",
    "right to left": "\u0627" * 3000,
    "isolates never closed": "\u2067" * 200 + _LIE,
    # what Markdown nests, repeats and widens
    "deep quotes": ">" * 49 + " " + _LIE * 20,
    "deep lists": "".join("  " * level + "- a\n" for level in range(49)),
    "deep numbered lists": "1. " * 16 + _LIE * 10,
    "long word": "W" * 20_000,
    "long address": "https://example.com/" + "a" * 5000,
    "long code": "```\n" + "W" * 20_000 + "\n```",
    "wide table": "|" + "WWWWWWWW|" * 120 + "\n|" + "-|" * 120 + "\n|" + f"{_LIE}|" * 120,
    "huge heading": "# " + "W" * 3000,
    "rules": "---\n\n" * 1500,
    "line breaks": "a\\\n" * 6000,
    "empty items": "- \n" * 6000,
    "an image in words": f"![{_LIE * 40}](https://example.com/{'a' * 3000}.png)",
}

#: Formulas that the server refuses, as if it had not.
PAST_THE_SERVER: dict[str, str] = {
    "moved far": rf"\rlap{{\kern3em\kern3em\smash{{\mathrlap{{\text{{{_LIE}}}}}}}}}" * 3,
    "moved in steps": r"\kern4em" * 30 + rf"\text{{{_LIE}}}",
    "pulled in steps": r"\kern-4em" * 30 + rf"\text{{{_LIE}}}",
    "made of letters": r"\llap{\text{" + "█" * 400 + "}}",
    "hidden height": r"\smash{\begin{matrix}" + r"\text{█████████}\\" * 60 + r"\end{matrix}}",
    "coloured": rf"\textcolor{{red}}{{\text{{{_LIE}}}}}\rule{{20em}}{{20em}}",
}
