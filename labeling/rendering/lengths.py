"""How long a text is, as people count: words, and characters where a script writes no spaces."""

from __future__ import annotations

import re

# Letters of scripts without spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese.
_LETTERS = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u1000-\u102a\u103f"
    "\u1780-\u17b3\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_LETTER = re.compile(f"[{_LETTERS}]")
# Other words, between those letters and spaces; signs alone are none.
_WORD = re.compile(rf"[^\W_{_LETTERS}][^\s{_LETTERS}\u3000-\u303f]*")


def text_lengths(text: str) -> tuple[int, int]:
    """How many words stand between spaces, and how many characters of scripts without them."""
    if text.isascii() or not _LETTER.search(text):
        return len(text.split()), 0
    return len(_WORD.findall(text)), len(_LETTER.findall(text))
