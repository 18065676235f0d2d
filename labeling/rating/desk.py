"""What a rater sees of an assignment: the same for the page and the API, and blind.

Nothing here names a model, a response's id or the canonical order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Max

from labeling.datasets.turns import blinded, json_of, turns_of
from labeling.kinds import kind_of
from labeling.models import Assignment, Prompt, Response, Task
from labeling.pictures.selectors import with_addresses
from labeling.rating.drafts import WritingDesk, writing_desk
from labeling.rating.languages import language_tag
from labeling.rating.texts import MAX_PAGE_CHARS, ensure_rendered
from labeling.rendering import RENDERER_VERSION
from projects.guidelines.selectors import asked_principles
from projects.models import Criterion, Principle, Project
from projects.scales import PER_PRINCIPLE
from projects.sql import Statement, columns, instance

_PLAIN = {"role", "content"}


@dataclass(frozen=True, slots=True)
class ShownResponse:
    """One response in its place on the screen; `name` is what the scale calls that place.

    `messages` are its own turns, empty for one plain turn; where they have pictures, these have
    their addresses.
    """

    slot: str
    name: str
    content: str
    html: str
    messages: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ConversationPlace:
    """Which turn of a conversation is judged, of how many; `follows` the rater's own choice."""

    turn: int
    turns: int
    follows: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    """An assignment ready to be shown, its responses in the order shown.

    `principles` are those that its questions are asked about, each by itself.
    `language` is that of its texts as a browser takes it, empty where it is not known. `asked_as`
    says how it is asked (`is_change`: again, while its rater's answer stands), `writing` is what
    stands around a text that is written or reviewed, and `place` which turn of a conversation it
    is, if it is one.
    """

    assignment_id: int
    kind: str
    language: str
    expires: datetime
    messages: list[dict[str, Any]]
    prompt_html: str
    responses: list[ShownResponse]
    criteria: list[Criterion]
    principles: list[Principle]
    guideline_number: int | None
    rubric_number: int | None
    asked_as: str
    writing: WritingDesk | None
    place: ConversationPlace | None
    topics: list[dict[str, str]] = field(default_factory=list)
    is_change: bool = False

    @property
    def has_pictures(self) -> bool:
        """Whether the prompt or a response shows any."""
        return any("images" in turn for text in self.responses for turn in text.messages) or any(
            "images" in turn for turn in self.messages
        )


@dataclass(frozen=True, slots=True)
class AskedRubric:
    """The questions in the order a rater answers them, and the number of their version."""

    criteria: list[Criterion]
    number: int | None


_RUBRIC = Statement(
    "rubric",
    f"""
    SELECT (SELECT max(v.number) FROM projects_rubricversion v WHERE v.project_id = %(project)s),
        {columns(Criterion, "t")}
    FROM projects_criterion t
    WHERE t.project_id = %(project)s AND t.retired_at IS NULL ORDER BY t.position, t.id
    """,  # noqa: S608 - column names of our own model
    project="bigint",
)


def rubric(project: Project) -> AskedRubric:
    """What raters are asked now; one statement, so that number and questions belong together."""
    rows = _RUBRIC.rows(project=project.pk)
    criteria = [instance(Criterion, row[1:]) for row in rows]
    return AskedRubric(criteria, rows[0][0] if rows else None)


@dataclass(frozen=True, slots=True)
class _Text:
    """A response as it is stored, with its prompt."""

    pk: int
    content: str
    html: str
    html_version: int
    turns: str
    messages: str
    prompt_html: str
    prompt_version: int
    language: str
    conversation: str
    turn: int | None
    topics: str

    @property
    def is_rendered(self) -> bool:
        return self.html_version == self.prompt_version == RENDERER_VERSION


@cache
def _texts_statement(count: int) -> Statement:
    """One for each number of responses: of a list PostgreSQL expects ten whatever its length, and
    for fewer it plans anew each time (docs/decisions/0006)."""
    ids = [f"id_{number}" for number in range(count)]
    return Statement(
        f"texts_{count}",
        f"""
    SELECT r.id, r.content, r.html, r.html_version, r.messages,
        p.messages, p.html, p.html_version, p.language, p.conversation, p.turn, p.sensitivity
    FROM labeling_response r JOIN labeling_prompt p ON p.id = r.prompt_id
    WHERE r.id IN ({", ".join(f"%({name})s" for name in ids)})
    """,  # noqa: S608 - names of our own
        **dict.fromkeys(ids, "bigint"),
    )


def _texts(response_ids: list[int]) -> dict[int, _Text]:
    ids = {f"id_{number}": pk for number, pk in enumerate(response_ids)}
    return {row[0]: _Text(*row) for row in _texts_statement(len(ids)).rows(**ids)}


def _blind(turns: list[dict[str, Any]], prompt: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turns that follow a prompt as raters may know them: ids of calls and names of assistants
    would tell whose model it is."""
    if all(turn.keys() <= _PLAIN for turn in turns):
        return turns
    return json_of(blinded(turns_of([*prompt, *turns])))[len(prompt) :]


def _page_texts(task: Task) -> dict[int, _Text]:
    """The responses with their prompt, all with HTML, and not more of it than a page carries."""
    texts = _texts(task.response_ids)
    any_text = next(iter(texts.values()))
    n_chars = len(any_text.prompt_html) + sum(len(text.html) for text in texts.values())
    if n_chars <= MAX_PAGE_CHARS and all(text.is_rendered for text in texts.values()):
        return texts
    prompt = Prompt.objects.get(pk=task.prompt_id)
    responses = list(Response.objects.filter(pk__in=task.response_ids))
    ensure_rendered(prompt=prompt, responses=responses)
    return {
        response.pk: replace(texts[response.pk], html=response.html, prompt_html=prompt.html)
        for response in responses
        if response.pk in texts
    }


def _page_prompt(task: Task) -> _Text:
    """The prompt of a task without responses, as a text that has no content."""
    prompt = Prompt.objects.get(pk=task.prompt_id)
    ensure_rendered(prompt=prompt, responses=())
    return _Text(
        pk=0,
        content="",
        html="",
        html_version=RENDERER_VERSION,
        turns="[]",
        messages=json.dumps(prompt.messages),
        prompt_html=prompt.html,
        prompt_version=RENDERER_VERSION,
        language=prompt.language,
        conversation=prompt.conversation,
        turn=prompt.turn,
        topics=json.dumps(prompt.sensitivity),
    )


def _place(task: Task, text: _Text) -> ConversationPlace | None:
    if not text.conversation or text.turn is None:
        return None
    prompts = Prompt.objects.filter(project=task.project_id, conversation=text.conversation)
    deepest = prompts.exclude(conversation="").aggregate(turns=Max("turn"))["turns"]
    return ConversationPlace(text.turn, deepest or text.turn, task.follows_id is not None)


def present(assignment: Assignment, *, asked_rubric: AskedRubric | None = None) -> TaskView:
    """The view of an assignment; renders its texts at first view if no job has yet."""
    task = assignment.task
    texts = _page_texts(task) if task.response_ids else {}
    questions = asked_rubric or rubric(assignment.project)
    shown = [texts[task.response_ids[index]] for index in assignment.shown_order]
    kind = kind_of(task.asked_as)
    asked = kind.asked(questions.criteria)
    names = kind.place_names(asked, len(shown))
    any_text = shown[0] if shown else _page_prompt(task)
    prompt = json.loads(any_text.messages)
    slug = assignment.project.slug
    turns = [with_addresses(slug, _blind(json.loads(text.turns), prompt)) for text in shown]
    asks_rules = any(criterion.scale.family == PER_PRINCIPLE for criterion in asked)
    slots = [chr(ord("A") + place) for place in range(len(shown))]
    return TaskView(
        assignment_id=assignment.pk,
        kind=task.kind,
        language=language_tag(any_text.language),
        expires=assignment.lease_expires_at,
        messages=with_addresses(slug, _blind(prompt, [])),
        prompt_html=any_text.prompt_html,
        responses=[
            ShownResponse(slot, name, text.content, text.html, messages)
            for slot, name, text, messages in zip(slots, names, shown, turns, strict=True)
        ],
        criteria=asked,
        principles=list(asked_principles(assignment.guideline_id, task.principle_key))
        if asks_rules
        else [],
        guideline_number=assignment.guideline.number if assignment.guideline else None,
        rubric_number=questions.number,
        asked_as=task.asked_as,
        writing=writing_desk(assignment, [text.content for text in shown]),
        place=_place(task, any_text),
        topics=json.loads(any_text.topics),
        is_change=assignment.reopened_at is not None,
    )
