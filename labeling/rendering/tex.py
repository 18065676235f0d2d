r"""What a formula may hold, so that no browser dies of it and nothing is painted over by it.

A browser lays out nested formulas by recursion: some two hundred levels end its tab. Commands that
move, colour, hide or redefine could make one text cover another, or look like the page itself. A
formula beyond these bounds is shown as its source, which everybody can read.
"""

from __future__ import annotations

import re
import unicodedata

#: Of one formula: characters, levels of nesting, cells and rows of its tables.
MAX_CHARS = 4_000
MAX_NESTING = 20
MAX_CELLS = 400
#: Negative spaces of one formula; each is small, and many of them move far.
MAX_PULLS = 20
#: Accents written as combining characters, one over the other.
MAX_ACCENTS = 3

_REFUSED_NAMES = (
    # colour, and what is painted without being written
    "color textcolor colorbox fcolorbox definecolor rule phantom hphantom vphantom "
    # what stands elsewhere than where it is written
    "rlap llap clap mathrlap mathllap mathclap smash raisebox raise lower "
    # pages, addresses and attributes
    "href url includegraphics htmlClass htmlId htmlStyle htmlData class style cssId bbox "
    # definitions, which grow; characters by number; lines as thick as one likes
    "def gdef edef xdef let futurelet global long newcommand renewcommand providecommand "
    "expandafter noexpand mathchoice char above genfrac"
)
#: Commands with which a formula is not typeset.
REFUSED = frozenset(_REFUSED_NAMES.split())
# These hold until their group ends, and a browser nests what comes after them.
_SWITCH_NAMES = (
    "displaystyle textstyle scriptstyle scriptscriptstyle tiny sixptsize scriptsize footnotesize "
    "small normalsize large Large LARGE huge Huge rm sf tt bf it cal"
)
_SWITCHES = frozenset(_SWITCH_NAMES.split())
_OPENERS = frozenset({"{", "left", "begin", "begingroup", "bgroup"})
_CLOSERS = frozenset({"}", "right", "end", "endgroup", "egroup"})
_PULLS = frozenset({"!", "negthinspace", "negmedspace", "negthickspace"})
_CELLS = frozenset({"&", "\\", "cr", "newline", "hline", "hdashline"})

_TOKEN = re.compile(r"\\([A-Za-z@]+|.)|([{}&])", re.DOTALL)
_LENGTH = r"([-+]?[ ]*[0-9]*[.,]?[0-9]*)\s*([a-z]*)"
_SPACE = re.compile(rf"\\(?:m?kern|[hm]skip|hspace\*?)(?![A-Za-z@])\s*\{{?\s*{_LENGTH}")
# After the two backslashes a space ends the row: what is bracketed then is the next cell.
_ROW_GAP = re.compile(rf"\\(?:\\|(?:cr|newline)(?![A-Za-z@])\s*)\[\s*{_LENGTH}")
# Lengths in em; of a font of ten points, as exact as a bound needs.
_UNITS = {"em": 1.0, "ex": 0.43, "mu": 1 / 18, "pt": 0.1, "bp": 0.1, "dd": 0.11, "px": 0.1}
_UNITS |= {"pc": 1.2, "cc": 1.28, "mm": 0.285, "cm": 2.85, "in": 7.23}
_LEAST, _MOST = -0.5, 4.0
_MOST_GAP = 2.0


def is_showable(tex: str) -> bool:
    """Say whether a browser may typeset this formula."""
    if len(tex) > MAX_CHARS or _has_tower_of_accents(tex):
        return False
    names = [match[1] or match[2] for match in _TOKEN.finditer(tex)]
    if any(name in REFUSED or "@" in name for name in names):
        return False
    spaces = [_ems(match) for match in _SPACE.finditer(tex)]
    gaps = [_ems(match) for match in _ROW_GAP.finditer(tex)]
    pulls = sum(name in _PULLS for name in names) + sum(space < 0 for space in spaces)
    return (
        all(_LEAST <= space <= _MOST for space in spaces)
        and all(0 <= gap <= _MOST_GAP for gap in gaps)
        and pulls <= MAX_PULLS
        and sum(name in _CELLS for name in names) <= MAX_CELLS
        and _deepest(names) <= MAX_NESTING
    )


def _has_tower_of_accents(tex: str) -> bool:
    height = 0
    for sign in tex if not tex.isascii() else "":
        height = height + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        if height > MAX_ACCENTS:
            return True
    return False


def _ems(match: re.Match[str]) -> float:
    """A length in em; one that cannot be read is too long."""
    number, unit = match[1].replace(" ", "").replace(",", "."), match[2]
    try:
        return float(number) * _UNITS[unit if unit in _UNITS else unit[:2]]
    except (ValueError, KeyError):
        return float("inf")


def _deepest(names: list[str]) -> int:
    """How many levels are open at most, a switch counting as one until its cell or group ends."""
    switches = [0]
    deepest = 0
    for name in names:
        if name in _OPENERS:
            switches.append(0)
        elif name in _CLOSERS and len(switches) > 1:
            switches.pop()
        elif name in _CELLS:
            switches[-1] = 0
        elif name in _SWITCHES:
            switches[-1] += 1
        deepest = max(deepest, len(switches) - 1 + sum(switches))
    return deepest
