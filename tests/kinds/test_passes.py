"""A comparison in two passes: which questions each asks, and that every question is asked."""

from __future__ import annotations

import pytest

from labeling.kinds import COMPARE, COMPARE_AXES, COMPARE_OVERALL, KINDS, Submission, has_axes
from projects.scales import DECISION, SCALES
from projects.services.meanings import is_asked
from tests.kinds.test_compare import Asked, Offers
from tests.kinds.test_gate import GATE

_NEVER = {"gate", "conversation"}
OVERALL = Asked("best", scale=SCALES["llama_eval7"])
KINDER = Asked("kinder", is_primary=False, is_required=False, scale=SCALES["webgpt5"])
SAFE = Asked("safe", is_primary=False, is_required=False, scale=SCALES["llama_safety_bin"])


def test_the_first_pass_asks_everything_but_overall_and_the_second_overall_alone():
    rubric = [KINDER, OVERALL, SAFE, GATE]
    assert COMPARE_AXES.asked(rubric) == [GATE, KINDER, SAFE]
    assert COMPARE_OVERALL.asked(rubric) == [OVERALL]
    assert has_axes(rubric)
    assert not has_axes([OVERALL, GATE])
    axes = [question for question in rubric if question is not OVERALL]
    assert not has_axes([GATE, *axes]), "nothing is primary"
    assert not has_axes([SAFE, KINDER])


def test_a_first_pass_without_any_answer_is_none():
    errors: dict[str, str] = {}
    policy = Offers()
    assert COMPARE_AXES.check([KINDER, SAFE], policy, Submission({}), errors, 2) == []
    assert errors == {"answers": "Answer at least one of the questions."}
    sent = Submission({"kinder": -1})
    (answer,) = COMPARE_AXES.check([KINDER, SAFE], policy, sent, errors := {}, 2)
    assert (answer.value, errors) == (-1, {})


@pytest.mark.parametrize("primary", [s for s in SCALES.values() if s.answer not in _NEVER])
def test_a_question_fits_a_rubric_where_a_kind_of_its_tasks_asks_it(primary):
    """What the builder refuses is exactly what no desk would show."""
    kinds = [kind for kind in KINDS.values() if kind.family == primary.family]
    for scale in SCALES.values():
        asked = any(kind.asked([Asked("q", is_primary=False, scale=scale)]) for kind in kinds)
        edits = scale.of_review and DECISION in {scale.key, primary.key} and kinds[0] is COMPARE
        assert is_asked(scale.family, {primary.family}, {primary.key, scale.key}) >= asked, scale
        if not edits and not scale.of_review:
            assert is_asked(scale.family, {primary.family}, {primary.key}) == asked, scale
