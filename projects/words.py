"""Words for people, marked for translation; pure, so that code without Django can mark them too.

Where Django runs, its translation is installed when the app starts; in a notebook the text stands
as it is written. Code that may import Django uses `django.utils.translation` itself.
"""

from __future__ import annotations

from typing import Protocol


class Translation(Protocol):
    """What translates: Django's `translation` module, or gettext's translations."""

    def gettext(self, message: str, /) -> str:
        """The message in the reader's language."""

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """The form of a message that goes with a number."""


class _Untranslated:
    """English, as the messages are written."""

    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        return singular if number == 1 else plural


#: For what must not depend on a reader's language: the files of a release.
ENGLISH: Translation = _Untranslated()

_installed: Translation = ENGLISH


def install(translation: Translation) -> None:
    """Makes `gettext` and `ngettext` of this module speak through `translation`."""
    global _installed  # one language for the process, set once at the start
    _installed = translation


def gettext(message: str) -> str:
    """The message in the reader's language; a literal, so that it can be collected."""
    return _installed.gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form of a message that goes with `number`, in the reader's language."""
    return _installed.ngettext(singular, plural, number)


def gettext_noop(message: str) -> str:
    """The message as it is written, marked for a `gettext` that is called where it is shown.

    For words that a module holds ready: what is translated on import stays in one language.
    """
    return message
