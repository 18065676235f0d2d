"""Answers that are known to be right: checked like a rater's, and compared with what raters say.

Of each question several answers may be accepted, each in the shape in which it is submitted
(`labeling.kinds.shapes`), of the canonical order. A preference is right on the side of an accepted
one, a ranking with the same best responses, a level of a scale with two sides (kept and broken) on
its side; everything else has to be the accepted value itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labeling.kinds.base import (
    PRIMARY_ALIAS,
    GivenAnswer,
    Kind,
    Q,
    Question,
    Submission,
    primary_of,
)
from labeling.kinds.shapes import as_submitted
from labeling.vocabulary import TaskKind
from projects.scales import GATE, PREFERENCES, RANKING, Scale
from projects.words import gettext

#: Kinds of tasks whose right answer can be known: of a text to write there is no one right text.
CHECKED_KINDS = frozenset({TaskKind.COMPARE, TaskKind.RANK, TaskKind.RATE, TaskKind.RULE})
#: More accepted answers than anybody names for one question.
MOST_ACCEPTED = 20


@dataclass(frozen=True, slots=True)
class _Everything:
    """A known answer may be any that a scale or a project can offer."""

    allow_both_bad: bool = True
    allow_cannot_tell: bool = True


def accepted_answers(
    kind: Kind,
    questions: Iterable[Q],
    sent: Mapping[str, object],
    errors: dict[str, str],
    *,
    count: int,
    shown_order: Sequence[int],
) -> dict[str, list[object]]:
    """The accepted answers by key, of the canonical order, in the shape in which they are kept.

    `sent` has one answer a question, or a list of them, of the order `shown_order`; the primary
    question, which needs one, may be called `overall`. A sentence in `errors`, by key, for each
    that does not fit. `count` is the number of the task's responses.
    """
    asked = {question.key: question for question in kind.asked(questions)}
    primary = primary_of(asked.values(), kind.family)
    accepted: dict[str, list[object]] = {}
    for name, said in sent.items():
        is_alias = name == PRIMARY_ALIAS and primary is not None
        question = asked.get(name) or (primary if is_alias else None)
        if question is None or question.scale.family == GATE:
            errors[name] = gettext("Unknown criterion “%(key)s”; this task asks: %(known)s.") % {
                "key": str(name)[:40],
                "known": ", ".join(k for k, q in asked.items() if q.scale.family != GATE),
            }
            continue
        several = _several(question.scale, said)
        if not 0 < len(several) <= MOST_ACCEPTED:
            errors[name] = gettext("Name from 1 to %(most)d accepted answers.") % {
                "most": MOST_ACCEPTED
            }
            continue
        shapes = [_kept(kind, question, said, errors, count, shown_order) for said in several]
        accepted[question.key] = [shape for shape in shapes if shape is not None]
    if primary is None:
        errors[PRIMARY_ALIAS] = gettext("This project asks no primary question on such a task.")
    elif primary.key not in accepted and not errors:
        errors[primary.key] = gettext("Say what is right on the primary question.")
    return accepted


def _several(scale: Scale, said: object) -> list[object]:
    """The answers that are accepted: a list of them, or the one that stands alone."""
    if not isinstance(said, list | tuple):
        return [said]
    if scale.family == RANKING:
        is_one = all(isinstance(name, str) for band in said for name in _list(band))
        return [list(said)] if is_one else list(said)
    return list(said)


def _list(band: object) -> Sequence[object]:
    return band if isinstance(band, list | tuple) else [band]


def _kept(
    kind: Kind,
    question: Q,
    said: object,
    errors: dict[str, str],
    count: int,
    shown_order: Sequence[int],
) -> object | None:
    wrong: dict[str, str] = {}
    submission = Submission(answers={question.key: said})
    answers = kind.check([question], _Everything(), submission, wrong, count)
    if wrong or not answers:
        sentence = next(iter(wrong.values()), gettext("This question needs an answer."))
        errors.setdefault(question.key, sentence)
        return None
    turned = [kind.canonical(answer, shown_order) for answer in answers]
    return as_submitted(turned)[question.key]


def accepted_shapes(
    kind: Kind, question: Question, said: object, errors: dict[str, str], *, count: int
) -> list[object]:
    """The answers to one question that are accepted, of the canonical order, as they are kept.

    `said` is one, or a list of them; `errors` gets a sentence by the question's key.
    """
    several = _several(question.scale, said)
    if len(several) > MOST_ACCEPTED:
        errors[question.key] = gettext("Name from 1 to %(most)d accepted answers.") % {
            "most": MOST_ACCEPTED
        }
        return []
    shapes = [_kept(kind, question, each, errors, count, range(count)) for each in several]
    return [shape for shape in shapes if shape is not None]


def is_accepted(
    question: Question, accepted: Sequence[object], answers: Sequence[GivenAnswer[Q]]
) -> bool | None:
    """Whether what a rater answered a question, of the canonical order, is right.

    None where they gave it no value: unsure and not applicable are neither right nor wrong.
    """
    own = [answer for answer in answers if answer.question.key == question.key]
    if not any(answer.value is not None for answer in own):
        return None
    shape = as_submitted(own)[question.key]
    return any(_is_same(question.scale, right, shape) for right in accepted)


def _is_same(scale: Scale, right: object, said: object) -> bool:
    if isinstance(right, Mapping) and isinstance(said, Mapping):
        # A principle that came later is in no earlier answer, and one that went in no later one.
        shared = [name for name in right if name in said]
        return bool(shared) and all(_is_same(scale, right[name], said[name]) for name in shared)
    if right == said:
        return True
    if scale.family == RANKING:
        return isinstance(right, list) and isinstance(said, list) and right[:1] == said[:1]
    has_sides = scale.family == PREFERENCES or min(scale.values, default=0) < 0
    if not (has_sides and isinstance(right, int) and isinstance(said, int)):
        return False
    return (right > 0) == (said > 0) and (right < 0) == (said < 0)
