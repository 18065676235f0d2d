"""Ready-made projects to start from: rubric, guideline, settings, rows to try; pure, no Django.

What a card says stands here; the rest lies in a folder a template and is read when it is asked
for: nothing of it stays in memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projects.words import gettext_noop as _

_FOLDER = Path(__file__).parent / "template_data"

#: Settings of a project that its start may bring along.
STARTING_SETTINGS = (
    "description",
    "overlap",
    "overlap_where_split",
    "split_beyond",
    "lease_minutes",
    "edit_window_minutes",
    "rater_limit",
    "share_limit",
    "daily_limit",
    "weekly_limit",
    "severe_hourly_limit",
    "severe_daily_limit",
    "support_url",
    "covered_texts",
    "break_minutes",
    "severe_break_minutes",
    "check_in_days",
    "tie_policy",
    "overall_pass",
    "allow_both_bad",
    "allow_cannot_tell",
    "rationale_required",
    "edit_winner",
    "allow_paste",
    "is_sensitive",
    "gold_rate",
    "repeat_rate",
    "anchors_per_batch",
    "explains_gold",
    "asks_quiz",
    "training_tasks",
    "qualification_tasks",
    "qualification_most",
    "qualification_bar",
    "qualification_pass",
    "qualification_fail",
    "qualification_retry_days",
    "qualification_asks_all",
)

#: What every template begins with: one task in twenty is gold, and one comes a second time.
TEMPLATE_CHECKS = {"gold_rate": 0.05, "repeat_rate": 0.05}


@dataclass(frozen=True, slots=True)
class CriterionSpec:
    """One question of a rubric.

    `scale` is the key of a published scale, or of the one that `own` describes
    (`projects.own_scales`).
    """

    key: str
    wording: str
    scale: str
    is_primary: bool = False
    is_required: bool = True
    help_text: str = ""
    short_label: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class PrincipleSpec:
    """One clause of a guideline; `training_form` is its twin for models.

    `key` says which principle of former versions it is; where it is empty, it is the one that stood
    under this number and title in the version before, else a new one. What is None stays as it was.
    `why` and `evidence`, the ids of tasks, say why its words changed.
    """

    title: str
    text: str = ""
    training_form: str = ""
    key: str = ""
    source: str | None = None
    scope: str | None = None
    precedence: int | None = None
    examples_for: str | None = None
    examples_against: str | None = None
    why: str = ""
    evidence: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class ExampleSpec:
    """A worked example of a guideline: a task, its answer and why.

    `kind` is one of EXAMPLE_KINDS, `criterion` the key of the question that is answered, `right`
    the answers to it that are accepted, as they are submitted; a guideline's text has none.
    """

    kind: str
    answer: str
    rationale: str
    prompt: str = ""
    responses: Sequence[str] = ()
    criterion: str = ""
    right: Sequence[Any] = ()


#: What a guideline says of a question, beside the question's rank in the order of priority.
GUIDANCE_TEXTS = ("definition", "good", "bad", "flips", "ties", "unverifiable")


@dataclass(frozen=True, slots=True)
class GuidanceSpec:
    """What a guideline says of one question, by its key.

    What it means, the signs of a good answer and of a bad one, its rank in the order of priority
    (1 comes first) and when that order flips, when to tie, and what to do where a claim cannot be
    checked.
    """

    criterion: str
    definition: str = ""
    good: str = ""
    bad: str = ""
    rank: int | None = None
    flips: str = ""
    ties: str = ""
    unverifiable: str = ""


@dataclass(frozen=True, slots=True)
class GuidelineSpec:
    """The text of a guideline version and what belongs to it.

    `examples` and `guidance` of None are those of the version before. A change of `change_size`
    `minor` lets raters go on without reading it first.
    """

    text: str
    priority_order: str = ""
    trade_off_rule: str = ""
    change_note: str = ""
    principles: Sequence[PrincipleSpec] = ()
    examples: Sequence[ExampleSpec] | None = None
    guidance: Sequence[GuidanceSpec] | None = None
    change_size: str = "major"


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """What is said of a template before it is chosen, in words of the screen.

    `kind` is that of its tasks, `recipe` and `format` are those that its releases begin with.
    """

    key: str
    title: str
    judged: str
    answered: str
    released: str
    kind: str
    recipe: str
    format: str


@dataclass(frozen=True, slots=True)
class ProjectTemplate:
    """A starting point; leads change whatever they like before the first judgment.

    Rubric and guideline are content: they become the project's own text as they are written,
    whatever language its lead reads. `source` says whose practice it is.
    """

    key: str
    source: str
    criteria: Sequence[CriterionSpec]
    guideline: GuidelineSpec
    settings: Mapping[str, object] = field(default_factory=dict)


_WRAP = re.compile(r"(?<!\n)[ \t]*\n[ \t]*(?=\S)(?!(?:\d+\.|[-*#>|])\s)")


def unwrapped(text: str) -> str:
    """Paragraphs and list items as one line each: what people write is shown with its breaks."""
    return _WRAP.sub(" ", text)


EXAMPLE_KINDS = ("clear", "borderline", "tie")

_CARDS = (
    TemplateCard(
        key="arena",
        title=_("Arena: which model is better?"),
        judged=_("Two answers to your own prompts, models hidden."),
        answered=_("One question, four choices: A, B, a tie, both bad."),
        released=_("Pairs by majority"),
        kind="compare",
        recipe="majority",
        format="trl",
    ),
    TemplateCard(
        key="model-selection",
        title=_("Choosing a model for your work"),
        judged=_("Two answers of several vendors to prompts of your work."),
        answered=_("Seven steps, and of each answer constraints, refusal, invention, pressure."),
        released=_("Every vote, as an arena reads it"),
        kind="compare",
        recipe="raw",
        format="lmarena",
    ),
    TemplateCard(
        key="helpful-harmless",
        title=_("Helpful and honest"),
        judged=_("Two replies in a conversation; the better one wins."),
        answered=_("Eight buttons, then three sides apart and five dots for the conversation."),
        released=_("Transcripts, chosen and rejected"),
        kind="compare",
        recipe="hh",
        format="hh",
    ),
    TemplateCard(
        key="harmless",
        title=_("Harmless"),
        judged=_("Two replies to somebody who asks for harm; the safer one wins."),
        answered=_("Eight buttons, then whether each is safe, how harmful, and five dots."),
        released=_("Transcripts, chosen and rejected"),
        kind="compare",
        recipe="hh",
        format="hh",
    ),
    TemplateCard(
        key="helpsteer",
        title=_("Attributes and preference"),
        judged=_("Two responses, each by itself and against the other."),
        answered=_("Five attributes from 0 to 4, then seven steps with a reason."),
        released=_("Pairs from the three most similar votes"),
        kind="compare",
        recipe="helpsteer",
        format="helpsteer3",
    ),
    TemplateCard(
        key="strength",
        title=_("Strength of preference"),
        judged=_("Two responses; a winner must be named."),
        answered=_("Four strengths, whether each response is safe, and an edit of the winner."),
        released=_("Pairs of the two strongest levels"),
        kind="compare",
        recipe="llama3",
        format="trl",
    ),
    TemplateCard(
        key="ranking",
        title=_("Rating, flags and ranking"),
        judged=_("Three to nine responses at once."),
        answered=_("Quality from 1 to 7, four flags, then all in order, with ties."),
        released=_("The pairs of each order, weighted as one"),
        kind="rank",
        recipe="instructgpt",
        format="trl",
    ),
    TemplateCard(
        key="pictures",
        title=_("Pictures"),
        judged=_("Two pictures made from one prompt."),
        answered=_("Match and quality from 1 to 7, harm, then five points, with faults marked."),
        released=_("Pairs by majority, with the pictures"),
        kind="compare",
        recipe="majority",
        format="trl",
    ),
    TemplateCard(
        key="code-review",
        title=_("Code review"),
        judged=_("Two changes that answer one request."),
        answered=_("Five questions and which to merge, with a reason and marked passages."),
        released=_("Pairs by majority"),
        kind="compare",
        recipe="majority",
        format="trl",
    ),
    TemplateCard(
        key="summaries",
        title=_("Summaries"),
        judged=_("Two summaries of a source."),
        answered=_("Accuracy, coverage and coherence from 1 to 7, then nine steps of confidence."),
        released=_("Pairs by majority, with confidence"),
        kind="compare",
        recipe="majority",
        format="trl",
    ),
    TemplateCard(
        key="cited-answers",
        title=_("Answers with sources"),
        judged=_("Two answers that quote their evidence."),
        answered=_("Whether the quotes support each, then five comparisons."),
        released=_("Pairs by majority"),
        kind="compare",
        recipe="majority",
        format="trl",
    ),
    TemplateCard(
        key="safety-policy",
        title=_("Safety policy, clause by clause"),
        judged=_("One response against each clause of a policy."),
        answered=_("Five verdicts a clause, what it did with the request, and how harmful it is."),
        released=_("A row for each response and clause"),
        kind="rule",
        recipe="rules",
        format="rules",
    ),
    TemplateCard(
        key="demonstrations",
        title=_("Demonstrations: write the ideal answer"),
        judged=_("A prompt, with a draft or without."),
        answered=_("Raters write; a second person approves, mends or sends back, and scores."),
        released=_("Messages to imitate"),
        kind="write",
        recipe="demonstrations",
        format="messages",
    ),
)

PROJECT_TEMPLATES: Mapping[str, TemplateCard] = {card.key: card for card in _CARDS}


def load_template(key: str) -> ProjectTemplate:
    """The template of that key, read from its folder. Raises KeyError for one there is not."""
    folder = _FOLDER / PROJECT_TEMPLATES[key].key
    raw = json.loads((folder / "template.json").read_text(encoding="utf-8"))
    text = (folder / "guideline.md").read_text(encoding="utf-8")
    return template_of(key, raw, text=text)


def sample_rows(key: str) -> bytes:
    """Rows to try a template with, as JSON Lines. Raises KeyError for one there is not."""
    return (_FOLDER / PROJECT_TEMPLATES[key].key / "rows.jsonl").read_bytes()


def template_of(key: str, raw: Mapping[str, Any], *, text: str) -> ProjectTemplate:
    """A template as its file says it; `text` is that of its guideline."""
    return ProjectTemplate(
        key=key,
        source=raw["source"],
        criteria=[
            CriterionSpec(
                key=question["key"],
                wording=question["wording"],
                scale=question["scale"],
                is_primary=question.get("primary", False),
                is_required=question.get("required", True),
                help_text=question.get("help_text", ""),
                short_label=question.get("short_label", ""),
            )
            for question in raw["criteria"]
        ],
        guideline=GuidelineSpec(
            text=text,
            priority_order=raw["priority_order"],
            trade_off_rule=raw["trade_off_rule"],
            principles=[PrincipleSpec(**principle) for principle in raw["principles"]],
            examples=[ExampleSpec(**example) for example in raw["examples"]],
            guidance=[GuidanceSpec(**entry) for entry in raw["guidance"]],
        ),
        settings=raw["settings"],
    )
