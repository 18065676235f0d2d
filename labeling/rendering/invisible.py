"""Characters that a reader cannot see, made visible as small labelled marks.

Zero-width and bidirectional control characters can hide instructions or turn the visible order of
a text around; control characters can hide bytes. Each becomes `<span class="mark-char">` with its
short name as text and its full name as title. Where such a character is part of ordinary writing
(a joiner inside an emoji or between letters of a script that joins, the tags of a flag emoji, the
variation of an ideograph) it is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

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
_PATTERN = re.compile(f"({_ORDINARY})|({_HIDDEN})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUICK = re.compile(_HIDDEN)


def _label(code: int) -> str:
    """Return the short name of the character with this code point."""
    if code < 0x20:
        return _C0_NAMES.split()[code]
    if code == 0x7F:
        return "DEL"
    if 0xE0020 <= code <= 0xE007E:
        return "TAG " + chr(code - 0xE0000)
    return _SHORT_NAMES.get(code, f"U+{code:04X}")


def _title(code: int) -> str:
    """Return the full name of the character with this code point, for the mark's title."""
    name = unicodedata.name(chr(code), "control character").lower()
    return f"{name} (U+{code:04X})"


def _mark(match: re.Match[str]) -> str:
    ordinary = match.group(1)
    if ordinary is not None:
        return ordinary
    code = ord(match.group(2))
    title, label = escape(_title(code)), escape(_label(code))
    return f'<span class="mark-char" title="{title}">{label}</span>'


def has_hidden(text: str) -> bool:
    """Say whether the text holds a character that `escape_visibly` may have to mark."""
    return _QUICK.search(text) is not None


def escape_visibly(text: str) -> str:
    """Escape text for HTML element content and mark the characters that cannot be seen."""
    escaped = escape(text)
    return _PATTERN.sub(_mark, escaped) if has_hidden(escaped) else escaped


def clean_source(text: str) -> str:
    """Replace what no HTML document can hold: unpaired surrogates and NUL.

    NUL becomes its picture (␀), a lone surrogate the replacement character (U+FFFD).
    """
    return _SURROGATE.sub("\ufffd", text).replace("\x00", "\u2400")
