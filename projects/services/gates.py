"""What a rubric may do with a gate: ask one, before everything else, of everybody."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from projects.exceptions import InvalidInput
from projects.models import Criterion
from projects.scales import CONVERSATION, GATE


def two_gates_words() -> str:
    """Why a second question before everything else is none."""
    return _("A project has one gate: it comes before everything else.")


def require_only_gate(criteria: Sequence[Criterion], family: str) -> None:
    """Raises InvalidInput for a second question that would come before everything else."""
    if family == GATE and any(c.family == GATE and not c.is_retired for c in criteria):
        raise InvalidInput(two_gates_words(), fields={"scale_key": two_gates_words()})


def check_gate_question(family: str, is_primary: bool, is_required: bool) -> None:
    """Raises InvalidInput for a gate that may be passed by, or that would be the datum; the latter
    of a rating of the conversation too."""
    if family == CONVERSATION and is_primary:
        sentence = _("A rating of the conversation stands beside a comparison, never primary.")
        raise InvalidInput(sentence, fields={"is_primary": sentence})
    if family != GATE:
        return
    if is_primary:
        sentence = _("A gate asks whether there is something to judge; it is never primary.")
        raise InvalidInput(sentence, fields={"is_primary": sentence})
    if not is_required:
        sentence = _("Raters must answer a gate: it comes before everything else.")
        raise InvalidInput(sentence, fields={"is_required": sentence})
