"""What was excluded when a release was asked for: frozen beside its cut-off, without names."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from labeling.datasets.records import canonical_json
from labeling.models import Exclusion
from labeling.vocabulary import ExclusionReason
from projects.models import Project

#: Why, as the card says it: files are in English, whoever asks for them.
_WORDS = {
    ExclusionReason.ONE_SIDE: gettext_noop("always the same side"),
    ExclusionReason.TOO_FAST: gettext_noop("faster than the texts can be read"),
    ExclusionReason.CHECKS: gettext_noop("hidden checks answered wrongly"),
    ExclusionReason.GUIDELINE: gettext_noop("the guideline was read differently"),
    ExclusionReason.MACHINE: gettext_noop("not judged by the person"),
    ExclusionReason.WISH: gettext_noop("the rater asked for it"),
    ExclusionReason.OTHER: gettext_noop("another reason, which the lead noted"),
}


def excluded_facts(project: Project, asked_at: datetime) -> dict[str, Any] | None:
    """How many judgments of how many raters were excluded then, by reason, and a mark of which.

    None where none were: other exclusions are another release.
    """
    rows = Exclusion.objects.filter(project=project).in_force_at(asked_at).order_by("pk")
    columns = list(rows.values_list("pk", "rater", "reason", "judgments"))
    if not columns:
        return None
    reasons: Counter[str] = Counter()
    for _pk, _rater, reason, judgments in columns:
        reasons[reason] += judgments
    which = canonical_json([pk for pk, *_rest in columns]).encode()
    return {
        "judgments": sum(reasons.values()),
        "raters": len({rater for _pk, rater, *_rest in columns}),
        "reasons": dict(sorted(reasons.items())),
        "mark": hashlib.sha256(which).hexdigest()[:16],
    }


def excluded_in_words(facts: Mapping[str, Any]) -> str:
    """The same as a sentence of the card."""
    judgments, raters = facts["judgments"], facts["raters"]
    reasons = "; ".join(
        f"{n} ({_WORDS[ExclusionReason(reason)]})" for reason, n in facts["reasons"].items()
    )
    return (
        f"{judgments} judgment{'s' * (judgments != 1)} of {raters} rater{'s' * (raters != 1)} "
        f"{'were' if judgments != 1 else 'was'} excluded by a lead and "
        f"{'are' if judgments != 1 else 'is'} not in these files: {reasons}."
    )
