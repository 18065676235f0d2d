"""Whether questions can be those of a new project."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from projects.exceptions import InvalidInput
from projects.project_templates import CriterionSpec
from projects.scales import GATE
from projects.services.gates import two_gates_words
from projects.services.meanings import (
    family_of,
    is_asked,
    misfit_words,
    overall_words,
    require_one_meaning,
)
from projects.services.rubric import MOST_CRITERIA


def check_rubric(criteria: Sequence[CriterionSpec]) -> None:
    """Raises InvalidInput unless these can be the questions of a new project."""
    if not criteria:
        sentence = _("A project asks at least one question.")
        raise InvalidInput(sentence, fields={"criteria": sentence})
    if len(criteria) > MOST_CRITERIA:
        sentence = _("A project asks at most %(limit)d questions.") % {"limit": MOST_CRITERIA}
        raise InvalidInput(sentence, fields={"criteria": sentence})
    require_one_meaning(((spec.scale, spec.own) for spec in criteria), "criteria")
    families = [family_of(spec.scale, spec.own) for spec in criteria if spec.is_primary]
    if not families or len(set(families)) < len(families):
        sentence = _(
            "Mark one primary criterion: one preference, one ranking or one question about each "
            "response, and of each of these at most one."
        )
        raise InvalidInput(sentence, fields={"criteria": sentence})
    scales = [spec.scale for spec in criteria]
    for spec in criteria:
        if not is_asked(family_of(spec.scale, spec.own), families, scales):
            raise InvalidInput(misfit_words(spec.key), fields={"criteria": misfit_words(spec.key)})
    if [family_of(spec.scale, spec.own) for spec in criteria].count(GATE) > 1:
        raise InvalidInput(two_gates_words(), fields={"criteria": two_gates_words()})
    keys = [spec.key for spec in criteria]
    if len(set(keys)) != len(keys):
        raise InvalidInput(
            _("Every criterion needs its own key."), fields={"criteria": _("Same key.")}
        )
    if any(spec.key == "overall" and not spec.is_primary for spec in criteria):
        raise InvalidInput(overall_words(), fields={"criteria": overall_words()})
