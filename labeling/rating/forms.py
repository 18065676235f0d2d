"""What a rater's form posts, and what of it is shown again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import QueryDict

from labeling.kinds import Submission, kind_for
from labeling.rating.answers import milliseconds
from labeling.rating.selectors import ShownAnswers
from projects.models import Criterion

#: Criteria are posted as `answer.<key>`, with a value or `value:tie_kind`.
ANSWER_PREFIX = "answer."
_NOT_A_NUMBER = 1_000_000  # outside every scale, so that the service refuses it by name


@dataclass(frozen=True, slots=True)
class Filled:
    """What is filled in: chosen option codes by criterion key, and everything beside them."""

    codes: Mapping[str, str] = field(default_factory=dict)
    tie_kind: str = ""
    rationale: str = ""
    principles: Sequence[int] = ()
    flags: Sequence[str] = ()
    active_ms: int | None = 0
    idle_ms: int | None = 0
    key: UUID | None = None
    rubric: int | None = None

    def submission(self, primary_key: str) -> Submission:
        """The submission this form means; options may say which tie they are."""
        answers, ties = {}, {}
        for key, code in self.codes.items():
            value, _colon, tie = code.partition(":")
            answers[key] = _whole(value)
            if tie:
                ties[key] = tie
        tie_kind = ties.pop(primary_key, "")
        return Submission(
            answers=answers,
            tie_kind=self.tie_kind or tie_kind,
            tie_kinds=ties,
            rationale=self.rationale,
            principles=self.principles,
            flags=self.flags,
            active_ms=self.active_ms,
            idle_ms=self.idle_ms,
            key=self.key,
            rubric=self.rubric,
        )


def read_form(post: QueryDict) -> Filled:
    """The posted form. Whatever does not fit is left to the service, which names it."""
    ties = [tie for tie in post.getlist("tie_kind") if tie]
    return Filled(
        codes={
            name.removeprefix(ANSWER_PREFIX): value
            for name, value in post.items()
            if isinstance(value, str) and name.startswith(ANSWER_PREFIX) and value
        },
        tie_kind=ties[0] if len(set(ties)) == 1 else "+".join(ties),
        rationale=post.get("rationale", "").replace("\r\n", "\n"),
        principles=_numbers(post.getlist("principles")),
        flags=post.getlist("flags"),
        active_ms=_milliseconds(post.get("active_ms", "0")),
        idle_ms=_milliseconds(post.get("idle_ms", "0")),
        key=_uuid(post.get("key", "")),
        rubric=_version(post.get("rubric", "")),
    )


def codes_for(criteria: Iterable[Criterion], answers: ShownAnswers) -> dict[str, str]:
    """Option codes for stored answers, to show them again."""
    codes = {}
    for criterion in criteria:
        value = answers.values.get(criterion.key)
        if value is None:
            continue
        tie_kind = answers.tie_kinds.get(criterion.key, "")
        option = kind_for(criterion.scale).chosen(criterion, value, tie_kind)
        if option is not None:
            codes[criterion.key] = option.code
    return codes


def _whole(text: str) -> int:
    try:
        return int(text) if len(text) < 8 else _NOT_A_NUMBER
    except ValueError:
        return _NOT_A_NUMBER


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _numbers(texts: Iterable[str]) -> list[int]:
    return [_whole(text) for text in texts]


def _milliseconds(text: str) -> int | None:
    try:
        return milliseconds(float(text))
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
