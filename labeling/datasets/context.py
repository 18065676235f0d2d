"""What the card and the manifest of a release say beyond its rows, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class GuidelineRecord:
    """One published version of the instructions the raters worked by."""

    number: int
    text: str
    change_note: str = ""
    priority_order: str = ""
    trade_off_rule: str = ""
    examples: tuple[Mapping[str, Any], ...] = ()
    guidance: tuple[Mapping[str, Any], ...] = ()

    @property
    def whole(self) -> str:
        """All of it as one text in Markdown; its principles are numbered elsewhere."""
        parts = [self.text, *map(_guidance, self.guidance)]
        if self.priority_order.strip():
            parts.append(f"## Order of priority\n\n{self.priority_order}")
        if self.trade_off_rule.strip():
            parts.append(f"## When two good things pull apart\n\n{self.trade_off_rule}")
        parts += [_example(number, example) for number, example in enumerate(self.examples, 1)]
        return "\n\n".join(part.strip("\n") for part in parts) + "\n"


#: What a guideline's texts on a question are called in a release.
_GUIDANCE_HEADS = {
    "definition": "What it means",
    "good": "Signs of a good answer",
    "bad": "Signs of a bad answer",
    "flips": "When the order flips",
    "ties": "When to tie",
    "unverifiable": "When a claim cannot be checked",
}


def _guidance(entry: Mapping[str, Any]) -> str:
    """What is said of one question as a section of its own."""
    rank = f" (rank {entry['rank']})" if entry["rank"] else ""
    texts = [
        f"{head}:\n\n{_quoted(entry[name])}"
        for name, head in _GUIDANCE_HEADS.items()
        if entry[name]
    ]
    return "\n\n".join([f"## Question: {entry['criterion']}{rank}", *texts])


def _example(number: int, example: Mapping[str, Any]) -> str:
    """A worked example as a section of its own; texts are quoted, so that no line is a heading."""
    named = " ".join(filter(None, (example["kind"], example["criterion"])))
    parts = [f"## Example {number}: {named}"]
    if example["prompt"]:
        parts.append(_quoted(example["prompt"]))
    parts += [
        f"Response {place}:\n\n{_quoted(text)}"
        for place, text in enumerate(example["responses"], 1)
    ]
    return "\n\n".join(
        [
            *parts,
            f"Answer:\n\n{_quoted(example['answer'])}",
            f"Why:\n\n{_quoted(example['rationale'])}",
        ]
    )


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@dataclass(frozen=True, slots=True)
class RubricRecord:
    """One version of the questions, as plain data: those that were asked, in order."""

    number: int
    questions: tuple[Mapping[str, object], ...]

    def question(self, key: str) -> Mapping[str, object] | None:
        """The question of that key, None where this version did not ask it."""
        return next((question for question in self.questions if question["key"] == key), None)


@dataclass(frozen=True, slots=True)
class Constitution:
    """The principles of the newest version in use, each with its history, and how they fare.

    `principles` are plain data: the wording in force, and `history`, newest first, with who, why
    and the tasks that were the evidence by their names. `health` is a table as CSV.
    """

    guideline: int
    principles: tuple[Mapping[str, Any], ...]
    health: str

    @property
    def markdown(self) -> str:
        """All of it as one text; what people wrote is quoted, so that no line is a heading."""
        parts = [f"# Principles of version {self.guideline} of the guideline"]
        for principle in self.principles:
            parts.append(f"## P{principle['number']} {_in_a_line(principle['title'])}")
            parts.append(f"Key `{principle['key']}`, version {principle['version']}.")
            parts += [
                f"{head}:\n\n{_quoted(str(principle[name]))}"
                for name, head in _PRINCIPLE_HEADS.items()
                if principle[name]
            ]
            parts += [_wording(past) for past in principle["history"]]
        return "\n\n".join(parts) + "\n"


#: What the texts of a principle are called in a release.
_PRINCIPLE_HEADS = {
    "text": "Policy wording",
    "training_form": "Training form",
    "source": "Source",
    "scope": "Scope",
    "precedence": "Precedence",
    "examples_for": "Examples for",
    "examples_against": "Examples against",
}


def _in_a_line(text: object) -> str:
    return " ".join(str(text).split())


def _wording(past: Mapping[str, Any]) -> str:
    """One wording in the history of a principle."""
    line = f"- Version {past['version']}, {past['changed_at']}, version {past['guideline']}"
    line += f" of the guideline, by {past['changed_by']}."
    if past["why"]:
        line += f" {_in_a_line(past['why'])}"
    if past["evidence"]:
        line += f" Evidence: {', '.join(map(_in_a_line, past['evidence']))}."
    return line


@dataclass(frozen=True, slots=True)
class ReleaseContext:
    """What the card and the manifest say beyond what is counted from the records.

    `parameters` are the frozen request (recipe, format, cut-off …), `agreement` the project's
    agreement as plain data, `withheld` counts of rows that never reached the records (superseded
    or withdrawn judgments), `versions` the software that wrote the files. `description` is the
    owner's own, `collection` says in sentences how the project had its tasks judged, `axis_order`
    in which order comparisons ask their questions, `qualification` how many raters passed and by
    which rule, `checks` the lines of files by name that are no
    data: what was said on gold tasks, and on tasks that came again; `beside` those of other files
    that go along, such as precedents.
    """

    project: str
    name: str
    parameters: Mapping[str, object]
    guidelines: tuple[GuidelineRecord, ...] = ()
    rubrics: tuple[RubricRecord, ...] = ()
    principles: tuple[Mapping[str, object], ...] = ()
    constitution: Constitution | None = None
    agreement: Mapping[str, object] = field(default_factory=dict)
    withheld: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    licence: str = "unknown"
    limits: tuple[str, ...] = ()
    description: str = ""
    collection: tuple[str, ...] = ()
    axis_order: Mapping[str, object] | None = None
    qualification: Mapping[str, object] | None = None
    checks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)
