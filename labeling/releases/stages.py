"""How raters came to live tasks, for the card and the manifest: counts and thresholds, no names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from labeling.models import StageDecision
from labeling.releases.selectors import Cutoff
from labeling.vocabulary import Decided
from projects.models import Project


def qualification_of(project: Project, cutoff: Cutoff) -> dict[str, Any] | None:
    """How many passed, did not yet, or waited, by what was decided of each last by then.

    `rule` is that of the newest decision. None where nobody was asked.
    """
    rows = StageDecision.objects.filter(project=project, at__lte=cutoff.asked_at)
    newest = rows.order_by("-pk").first()
    if newest is None:
        return None
    latest = rows.order_by("rater", "-pk").distinct("rater")
    counts: Counter[str] = Counter()
    by_hand = 0
    for outcome, decided_by in latest.values_list("outcome", "decided_by"):
        counts[outcome] += 1
        by_hand += outcome == Decided.PASSED and decided_by is not None
    return {
        "passed": counts[Decided.PASSED],
        "passed_by_hand": by_hand,
        "not_yet": counts[Decided.NOT_YET],
        "waiting": counts[Decided.WAITING],
        "rule": newest.rule,
    }


def qualification_in_words(figures: Mapping[str, Any]) -> str:
    """The same as a sentence of the card."""
    rule = figures["rule"]
    asked = (
        f"Before their first task raters qualified: from {rule['tasks']} tasks of known answer on "
        f"(at most {rule['most']}) who is right more often than {rule['bar']:g} with a probability "
        f"of at least {rule['passing']:g} passed (uniform prior), who is so below "
        f"{rule['failing']:g} did not yet"
        if rule["tasks"]
        else "Before their first task raters trained on tasks whose answers they read"
    )
    return (
        f"{asked}. {figures['passed']} passed, {figures['passed_by_hand']} of them by a lead's "
        f"word; {figures['not_yet']} not yet, {figures['waiting']} undecided. What they answered "
        "there is no data."
    )
