"""What a rater's form posts, and what of it is shown again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import QueryDict

from labeling.kinds import EditedText, Submission, kind_for, stopping_answers
from labeling.kinds.shapes import as_fields, from_fields, whole
from labeling.rating.answers import milliseconds
from labeling.rating.selectors import ShownAnswers
from projects.models import Criterion
from projects.scales import PREFERENCES

#: A preference is posted as `answer.<key>`, with a value or `value:tie_kind`; what is said of each
#: response as `answer.<key>.<slot>`, with a value, a place or why there is none.
ANSWER_PREFIX = "answer."
#: What is edited is posted as `edit.<slot>`, what is written as `text`.
EDIT_PREFIX = "edit."
#: What a form posts among the numbers of principles where none of them fits.
NONE_FITS = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """What is filled in: codes by the names of the fields without their prefix, and the rest.

    `spans` are marks, each as JSON: passages, and regions of pictures, which have an `x`.
    """

    codes: Mapping[str, str] = field(default_factory=dict)
    tie_kind: str = ""
    rationale: str = ""
    reasons: Sequence[str] = ()
    principles: Sequence[int] = ()
    none_fits: bool = False
    flags: Sequence[str] = ()
    spans: Sequence[str] = ()
    active_ms: int | None = 0
    idle_ms: int | None = 0
    key: UUID | None = None
    rubric: int | None = None
    text: str | None = None
    edit: EditedText | None = None
    typed: int | None = None
    pasted: int | None = None
    declared_assist: bool = False

    @property
    def written(self) -> str | None:
        """The text in the editor, whichever field it is posted as; None where there is none."""
        return self.edit.text if self.text is None and self.edit else self.text

    def submission(self, criteria: Iterable[Criterion]) -> Submission:
        """The submission this form means; options may say which tie they are."""
        asked = {criterion.key: criterion for criterion in criteria}
        answers: dict[str, object] = {}
        ties: dict[str, str] = {}
        by_slot: dict[str, dict[str, str]] = {}
        for name, code in self.codes.items():
            key, _dot, slot = name.partition(".")
            if slot and key in asked:
                by_slot.setdefault(key, {})[slot] = code
                continue
            value, _colon, tie = code.partition(":")
            answers[name] = whole(value)
            if tie:
                ties[name] = tie
        for key, fields in by_slot.items():
            answers[key] = from_fields(asked[key], fields)
        if stopping := stopping_answers(asked.values(), answers):
            return self._stopped(stopping)
        primary = (c.key for c in asked.values() if c.is_primary and c.scale.family == PREFERENCES)
        tie_kind = ties.pop(next(primary, ""), "")
        marks = [_json(mark) for mark in self.spans]
        return Submission(
            answers=answers,
            tie_kind=self.tie_kind or tie_kind,
            tie_kinds=ties,
            rationale=self.rationale,
            reasons=self.reasons,
            principles=self.principles,
            none_fits=self.none_fits,
            flags=self.flags,
            spans=[mark for mark in marks if not _is_region(mark)],
            regions=[mark for mark in marks if _is_region(mark)],
            active_ms=self.active_ms,
            idle_ms=self.idle_ms,
            key=self.key,
            rubric=self.rubric,
            text=self.text,
            edit=self.edit,
            typed=self.typed,
            pasted=self.pasted,
            declared_assist=self.declared_assist,
        )

    def _stopped(self, answers: Mapping[str, object]) -> Submission:
        """A submission that ends at its gate: the page takes what it asks after that away, and
        without a script a choice made there cannot be unmade."""
        return Submission(
            answers=answers,
            rationale=self.rationale,
            reasons=self.reasons,
            principles=self.principles,
            none_fits=self.none_fits,
            flags=self.flags,
            active_ms=self.active_ms,
            idle_ms=self.idle_ms,
            key=self.key,
            rubric=self.rubric,
        )


def read_form(post: QueryDict) -> Filled:
    """The posted form. Whatever does not fit is left to the service, which names it."""
    ties = [tie for tie in post.getlist("tie_kind") if tie]
    cited = _numbers(post.getlist("principles"))
    return Filled(
        codes={
            name.removeprefix(ANSWER_PREFIX): value
            for name in post
            if name.startswith(ANSWER_PREFIX) and isinstance(value := post[name], str) and value
        },
        tie_kind=ties[0] if len(set(ties)) == 1 else "+".join(ties),
        rationale=post.get("rationale", "").replace("\r\n", "\n"),
        reasons=post.getlist("reasons"),
        principles=[number for number in cited if number != NONE_FITS],
        none_fits=NONE_FITS in cited,
        flags=post.getlist("flags"),
        spans=[span for span in post.getlist("spans") if span],
        active_ms=_milliseconds(post.get("active_ms", "0")),
        idle_ms=_milliseconds(post.get("idle_ms", "0")),
        key=_uuid(post.get("key", "")),
        rubric=_version(post.get("rubric", "")),
        text=_lines(post["text"]) if "text" in post else None,
        edit=_edit(post),
        typed=_version(post.get("typed", "")),
        pasted=_version(post.get("pasted", "")),
        declared_assist=bool(post.get("declared_assist")),
    )


def _lines(text: object) -> str:
    """A text with its line breaks as they were written: a form posts them otherwise."""
    return str(text).replace("\r\n", "\n")


def _edit(post: QueryDict) -> EditedText | None:
    for name in post:
        if name.startswith(EDIT_PREFIX) and isinstance(text := post[name], str):
            return EditedText(name.removeprefix(EDIT_PREFIX), _lines(text))
    return None


def codes_for(criteria: Iterable[Criterion], answers: ShownAnswers) -> dict[str, str]:
    """Codes for stored answers by the names of fields, to show them again."""
    codes: dict[str, str] = {}
    for criterion in criteria:
        value = answers.values.get(criterion.key)
        if not isinstance(value, int):
            fields = as_fields(criterion, value)
            codes |= {f"{criterion.key}.{slot}": code for slot, code in fields.items()}
            continue
        tie_kind = answers.tie_kinds.get(criterion.key, "")
        option = kind_for(criterion.scale).chosen(criterion, value, tie_kind)
        if option is not None:
            codes[criterion.key] = option.code
    return codes


def _is_region(mark: object) -> bool:
    """Whether a mark is of a picture: one field holds both sorts, so that drafts, the queue and
    undo know no other."""
    return isinstance(mark, dict) and "x" in mark


def _json(text: str) -> object:
    """What a field of the form holds as JSON; None, which fits nowhere, where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _numbers(texts: Iterable[str]) -> list[int]:
    return [whole(text) for text in texts]


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
