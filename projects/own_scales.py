"""Scales of a project's own: checked, kept as text with their question, read back; pure, no Django.

A question on a published scale keeps no text, so that nothing is read for it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from projects.scale import ORDINAL, PREFERENCES, TIE_KINDS, YES_NO, Option, Scale
from projects.words import gettext as _

#: What answers on an own scale can be.
OWN_ANSWERS = (PREFERENCES, ORDINAL, YES_NO)
#: Options of one scale: those of a row that keys and thumbs still tell apart.
MOST_OPTIONS = 11
LABEL_LENGTH, SCALE_KEY_LENGTH = 80, 40
#: What stands between the parts of an option where people write it: no label has it.
PARTED_BY = "|"
#: The largest magnitude of a value.
LARGEST = 100
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELDS = {"key", "answer", "options", "ends"}
_OPTION_FIELDS = {"value", "label", "tie_kind"}


@lru_cache(maxsize=256)
def own_scale(text: str) -> Scale:
    """The scale that a question keeps as this text."""
    raw = json.loads(text)
    ends = raw["ends"]
    return Scale(
        key=raw["key"],
        title=raw["key"].replace("_", " ").capitalize(),
        question=raw["key"].replace("_", " ").capitalize(),
        options=tuple(
            Option(option["value"], option["label"], option["tie_kind"])
            for option in raw["options"]
        ),
        ends=(ends[0], ends[1]) if ends else None,
        source="",
        answer=raw["answer"],
    )


def own_scale_text(raw: Mapping[str, Any]) -> str:
    """What a checked scale is kept as: always the same text for the same scale."""
    kept = {
        "key": raw["key"],
        "answer": raw["answer"],
        "options": [
            {
                "value": option["value"],
                "label": option["label"].strip(),
                "tie_kind": option.get("tie_kind") or "",
            }
            for option in raw["options"]
        ],
        "ends": [end.strip() for end in raw.get("ends") or ()],
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def own_scale_faults(raw: object, taken: Sequence[str]) -> dict[str, str]:
    """What is wrong with a scale as it was sent, a sentence a field; `taken` are published keys."""
    if not isinstance(raw, Mapping):
        return {"": _("A scale is the key of a published one, or an object of your own.")}
    faults = {
        str(name)[:40]: _("There is no such field here; known fields: %(known)s.")
        % {"known": ", ".join(sorted(_FIELDS))}
        for name in raw
        if name not in _FIELDS
    }
    key = raw.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        faults["key"] = _("Use lower-case letters, digits and _ (a letter first, at most 40).")
    elif key in taken:
        faults["key"] = _("A published scale has this key: give your own another.")
    if raw.get("answer") not in OWN_ANSWERS:
        faults["answer"] = _("An answer is one of: %(known)s.") % {"known": ", ".join(OWN_ANSWERS)}
    if sentence := _ends_fault(raw.get("ends")):
        faults["ends"] = sentence
    if sentence := _options_fault(raw.get("options"), raw):
        faults["options"] = sentence
    return faults


def _ends_fault(ends: object) -> str:
    if ends in (None, [], ()):
        return ""
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        return _("The ends are two captions, left and right, or none.")
    return next((fault for end in ends if (fault := _label_fault(end))), "")


def _label_fault(label: object) -> str:
    if not isinstance(label, str) or not label.strip():
        return _("Every label says something.")
    if len(label) > LABEL_LENGTH:
        return _("“%(label)s…” is too long: at most %(limit)d characters.") % {
            "label": label[:20],
            "limit": LABEL_LENGTH,
        }
    if not label.isprintable():
        return _("A label stands on one line, without characters that cannot be seen.")
    if PARTED_BY in label:
        return _("A label has no “%(sign)s”: it stands between value and label.") % {
            "sign": PARTED_BY
        }
    return ""


def _options_fault(options: object, raw: Mapping[str, Any]) -> str:
    """What is wrong with the options, in a sentence; empty where nothing is."""
    if not isinstance(options, list | tuple) or len(options) < 2:
        return _("A scale has two options or more.")
    if len(options) > MOST_OPTIONS:
        return _("A scale has at most %(limit)d options.") % {"limit": MOST_OPTIONS}
    for number, option in enumerate(options, start=1):
        if sentence := _option_fault(option):
            return _("Option %(number)d: %(sentence)s") % {"number": number, "sentence": sentence}
    labels = [option["label"].strip() for option in options]
    if len(set(labels)) < len(labels) and not raw.get("ends"):
        twice = next(label for label in labels if labels.count(label) > 1)
        sentence = _("Two options are called “%(label)s”: name each, or caption the ends.")
        return sentence % {"label": twice}
    if raw.get("answer") == PREFERENCES:
        return _preference_fault(options)
    return _rating_fault(options, str(raw.get("answer")))


def _option_fault(option: object) -> str:
    if not isinstance(option, Mapping) or not option.keys() <= _OPTION_FIELDS:
        return _("An option has value, label and, for a 0, tie_kind.")
    value = option.get("value")
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        return _("A value is a whole number from -%(most)d to %(most)d.") % {"most": LARGEST}
    tie = option.get("tie_kind")
    if tie not in (None, "", *TIE_KINDS):
        return _("A tie is one of: %(known)s.") % {"known": ", ".join(TIE_KINDS)}
    return _label_fault(option.get("label"))


def _preference_fault(options: Sequence[Mapping[str, Any]]) -> str:
    """Sides are shuffled: what can be said of one can be said of the other. A 0 says which tie."""
    values = [option["value"] for option in options if option["value"]]
    ties = [option.get("tie_kind") or "" for option in options if not option["value"]]
    if any(option["value"] and option.get("tie_kind") for option in options):
        return _("Only a 0 is a tie.")
    if "" in ties:
        known = ", ".join(TIE_KINDS)
        return _("Say of a 0 which tie it is: %(known)s.") % {"known": known}
    if twice := _twice(ties):
        return _("Two options are the tie “%(tie)s”.") % {"tie": twice}
    if (value := _twice(values)) is not None:
        return _("The value %(value)s is there twice.") % {"value": value}
    if not values or sorted(values) != sorted(-value for value in values):
        return _(
            "A preference has the same strengths on both sides: -1 and 1, -2 and 2, and so on. "
            "Negative means that the first is better."
        )
    return ""


def _rating_fault(options: Sequence[Mapping[str, Any]], answer: str) -> str:
    values = [option["value"] for option in options]
    if any(option.get("tie_kind") for option in options):
        return _("Only comparisons have ties.")
    if (value := _twice(values)) is not None:
        return _("The value %(value)s is there twice.") % {"value": value}
    if answer == YES_NO and sorted(values) != [0, 1]:
        return _("Yes is 1 and no is 0, and there is nothing else.")
    return ""


def _twice(values: Sequence[Any]) -> Any:
    return next((value for value, n in Counter(values).items() if n > 1), None)
