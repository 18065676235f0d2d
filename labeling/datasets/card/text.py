"""Texts of strangers inside a card: made to stay one line, one cell, one YAML value.

Names, wordings, categories, models and guidelines may hold Markdown, HTML, YAML, line ends and
invisible characters. What is written through these functions is read as text and nothing else.
"""

from __future__ import annotations

import re
import unicodedata

from labeling.datasets.texts import clean

#: Punctuation that means something inside a line of Markdown, and to its extensions.
_INLINE = re.compile(r"([\\`*_\[\]<>|&~$#!])")
#: What makes a line a heading, a list, a quote, a rule or a link definition where it begins one.
_BLOCK = re.compile(r"^(\s*)([#>+=\-~`|\[]|\d{1,9}(?=[.)]))")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.*?)[ \t#]*$")
_CODE_MARKS = re.compile("`+")
#: Controls, line ends, and what turns the direction of the text around it.
_ENDS = ("Cc", "Zl", "Zp")
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def inline(text: str) -> str:
    """The text as Markdown inside a line of ours: in the middle of a sentence, in a table cell."""
    return _INLINE.sub(r"\\\1", _flat(text))


def line(text: str) -> str:
    """The text as a line of its own, or the beginning of one: a paragraph, a list item."""
    return _start(inline(text))


def prose(text: str) -> str:
    """One line of our own words with a stranger's among them: its code spans stay code spans."""
    return _start(re.sub(r"([\\\[\]<>|&!])", r"\\\1", _flat(text)))


def code_span(text: str) -> str:
    """The text as a code span, in a table too."""
    flat = _flat(text).replace("|", "¦")
    longest = max((len(run) for run in _CODE_MARKS.findall(flat)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def quote(text: str) -> str:
    """The text as a block quote: its paragraphs, lists and emphasis stay, nothing else does.

    No heading, table, HTML, image or link definition in it reaches the document around it.
    """
    lines = []
    for part in clean(text).splitlines():
        shown = _visible(part)
        if heading := _HEADING.match(shown):
            lines += [f"> **{inline(heading[1])}**", ">"]
            continue
        shown = shown.replace("<", "&lt;").replace("![", "\\!\\[").replace("|", "\\|")
        if re.match(r"^\s*(#|=|\[|-[\s-]*$|`{3}|~{3})", shown):
            shown = _start(shown)
        lines.append(f"> {shown.rstrip()}".rstrip())
    return "\n".join(lines)


def yaml(text: str) -> str:
    """The text as a double-quoted YAML scalar: what a parser reads back is the text itself."""
    return '"' + "".join(map(_yaml_character, clean(text))) + '"'


def _yaml_character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    # Printable leaves out controls, separators, byte-order marks and all that YAML refuses.
    if character == " " or character.isprintable():
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _flat(text: str) -> str:
    spaced = "".join(
        " " if unicodedata.category(character) in _ENDS else character for character in clean(text)
    )
    return " ".join(_visible(spaced).split())


def _visible(text: str) -> str:
    return "".join(f"‹U+{ord(c):04X}›" if c in _TURNS else c for c in text)


def _start(text: str) -> str:
    """The text without a beginning that Markdown takes for a block."""

    def escaped(beginning: re.Match[str]) -> str:
        space, mark = beginning.groups()
        return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"

    return _BLOCK.sub(escaped, text, count=1)
