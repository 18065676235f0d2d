"""The language of a text as a browser is told it, so that it is spoken and broken as its own."""

from __future__ import annotations

import re
from functools import cache

from django.conf.locale import LANG_INFO

#: A language of two or three letters with script, region and the like (BCP 47).
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)


@cache
def _tags_by_name() -> dict[str, str]:
    """Tags by the names of languages, in English and in their own."""
    named = [(tag, info) for tag, info in LANG_INFO.items() if "name" in info]
    return {
        name.casefold(): tag for tag, info in named for name in (info["name_local"], info["name"])
    }


def language_tag(language: str) -> str:
    """What a browser takes for a language as people write it: `de`, `pt_BR`, `German`.

    Empty where it is no language: a wrong voice is worse than the page's own.
    """
    written = language.strip().replace("_", "-")
    return written if _TAG.fullmatch(written) else _tags_by_name().get(written.casefold(), "")
