"""Characters that a reader cannot see, made visible as small labelled marks.

Zero-width and bidirectional control characters can hide instructions or turn the visible order of
a text around; control characters can hide bytes. Each becomes `<span class="mark-char">` with its
short name as text and its full name as title; a run of one and the same becomes one mark with its
number, a run of tag characters one with what they spell. Where such a character is part of ordinary
writing (a joiner inside an emoji or between letters of a script that joins, the tags of a flag
emoji, the variation of an ideograph) it is left alone. Accents that are stacked on a letter beyond
what any script writes are a mark too: they would be painted over the lines above and below.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape
from itertools import groupby

_SHORT_NAMES = {
    0xAD: "SHY",
    0x34F: "CGJ",
    0x61C: "ALM",
    0x115F: "HCF",
    0x1160: "HJF",
    0x180E: "MVS",
    0x200B: "ZWSP",
    0x200C: "ZWNJ",
    0x200D: "ZWJ",
    0x200E: "LRM",
    0x200F: "RLM",
    0x2028: "LSEP",
    0x2029: "PSEP",
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x2060: "WJ",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
    0x3164: "HF",
    0xFEFF: "BOM",
    0xFFA0: "HHF",
}
_C0_NAMES = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)

# Letters of scripts in which a joiner or non-joiner is ordinary spelling: Arabic and its
# neighbours, the Indic scripts, Khmer, Mongolian (compare UAX #31 §2.3).
_JOINING = "\u0600-\u08ff\u0900-\u109f\u1780-\u18aa\ua8e0-\ua8ff\ufb50-\ufdff\ufe70-\ufefc"
_EMOJI = "\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff"
_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_ORDINARY = (
    rf"(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])"
    rf"|(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])"
    rf"|(?<=[{_IDEOGRAPH}])[\U000e0100-\U000e01ef]"
    "|\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{1,6}\U000e007f"
)
_HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: So many accents and vowel signs may stand on one letter; Hebrew and Tibetan need four or five.
MAX_STACKED = 6
# Accents of all scripts, and the signs of those that stack them above or below a letter.
_ACCENT = (
    "[\u0300-\u034e\u0350-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0730-\u074a"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f18\u0f19\u0f35\u0f37\u0f39"
    "\u0f71-\u0f7e\u0f80-\u0f84\u0f86\u0f87\u0f8d-\u0fbc\u1ab0-\u1aff\u1cd0-\u1ce8\u1dc0-\u1dff"
    "\u20d0-\u20f0\u2de0-\u2dff\u302a-\u302d\u3099\u309a\ua66f-\ua672\ua674-\ua67d\ua8e0-\ua8f1"
    "\ufe0e\ufe0f\ufe20-\ufe2f]"
)
_PATTERN = re.compile(f"({_ORDINARY})|({_HIDDEN}+)|(?<={_ACCENT}{{{MAX_STACKED}}})({_ACCENT}+)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUICK = re.compile(_HIDDEN)
_STACKED = re.compile(f"{_ACCENT}{{{MAX_STACKED + 1}}}")
#: Of a run, so many different marks and so many spelt characters are shown.
_MAX_MARKS, _MAX_SPELT = 12, 2_000
_PIECE_CHARS = 4_000
#: What a text beside many others may take of a page.
MAX_SHORT_CHARS = 8_000
_JOINED = re.compile(f"(?:{_HIDDEN}|{_ACCENT}|[{_EMOJI}])+")


def _label(code: int) -> str:
    """Return the short name of the character with this code point."""
    if code < 0x20:
        return _C0_NAMES.split()[code]
    if code == 0x7F:
        return "DEL"
    if _is_tag(code):
        return "TAG " + chr(code - 0xE0000)
    return _SHORT_NAMES.get(code, f"U+{code:04X}")


def _is_tag(code: int) -> bool:
    return 0xE0020 <= code <= 0xE007E


def _title(code: int) -> str:
    """Return the full name of the character with this code point, for the mark's title."""
    name = unicodedata.name(chr(code), "control character").lower()
    return f"{name} (U+{code:04X})"


def _span(label: str, title: str) -> str:
    return f'<span class="mark-char" title="{escape(title)}">{escape(label)}</span>'


def _times(n: int) -> str:
    return f" ×{n:,}" if n > 1 else ""


def _mark(match: re.Match[str]) -> str:
    ordinary, hidden, accents = match.groups()
    if ordinary is not None:
        return str(ordinary)
    if accents is not None:
        return _span(f"accents{_times(len(accents))}", "stacked on one letter, not shown")
    if len(hidden) == 1:
        return _span(_label(ord(hidden)), _title(ord(hidden)))
    return "".join(_run(hidden))


def _run(hidden: str) -> Iterator[str]:
    """The marks of a run: one for each stretch that is alike, and one for the rest of many."""
    left = len(hidden)
    for place, (key, stretch) in enumerate(groupby(hidden, _alike)):
        if place == _MAX_MARKS:
            yield _span(f"hidden{_times(left)}", f"{left:,} more characters that are not visible")
            return
        length = sum(1 for _ in stretch)
        start = len(hidden) - left
        left -= length
        if key != "TAG":
            yield _span(_label(ord(key)) + _times(length), _title(ord(key)))
            continue
        spelt = "".join(chr(ord(tag) - 0xE0000) for tag in hidden[start : start + length])
        more = f"…{_times(length)}" if length > _MAX_SPELT else ""
        yield _span(f"TAG {spelt[:_MAX_SPELT]}{more}", f"{length:,} tag characters")


def _alike(char: str) -> str:
    return "TAG" if _is_tag(ord(char)) else char


def has_hidden(text: str) -> bool:
    """Say whether the text holds a character that `escape_visibly` may have to mark."""
    return _QUICK.search(text) is not None


def escape_visibly(text: str) -> str:
    """Escape text for HTML element content and mark the characters that cannot be seen."""
    escaped = escape(text)
    if has_hidden(escaped) or _STACKED.search(escaped):
        return _PATTERN.sub(_mark, escaped)
    return escaped


def escaped_part(text: str, most: int) -> tuple[str, int]:
    """As much of a text, escaped visibly, as fits in `most` characters, and how many it shows."""
    parts, start, step = [], 0, _PIECE_CHARS
    while start < len(text) and step:
        # A piece ends where nothing joins what follows.
        joined = _JOINED.match(text, start + step)
        end = joined.end() if joined else min(start + step, len(text))
        part = escape_visibly(text[start:end])
        if len(part) > most:
            step //= 4
            continue
        most -= len(part)
        parts.append(part)
        start = end
    return "".join(parts), start


def clean_source(text: str) -> str:
    """Replace what no HTML document can hold: unpaired surrogates and NUL.

    NUL becomes its picture (␀), a lone surrogate the replacement character (U+FFFD).
    """
    return _SURROGATE.sub("\ufffd", text).replace("\x00", "\u2400")
