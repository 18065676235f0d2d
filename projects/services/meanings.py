"""What a question's scale means: by its key, or by the words that the project keeps for it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from projects.exceptions import InvalidInput
from projects.own_scales import own_scale
from projects.scales import PREFERENCES, SCALES


def family_of(scale_key: str, own: str = "") -> str:
    """The family of a scale; `own` describes one that is the project's own."""
    scale = own_scale(own) if own else SCALES.get(scale_key)
    return scale.family if scale else PREFERENCES  # an unknown scale is refused by its name


def require_one_meaning(scales: Iterable[tuple[str, str]], field: str = "scale_key") -> None:
    """Raises InvalidInput where an own scale is another one in another question."""
    meanings: dict[str, str] = {}
    for key, own in scales:
        if own and meanings.setdefault(key, own) != own:
            sentence = _("Two scales have the key “%(key)s”, and other words or values.") % {
                "key": key
            }
            raise InvalidInput(sentence, fields={field: sentence})
