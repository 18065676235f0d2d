"""The demo's worked examples, copied from its tasks, and what its raters answered in the quiz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from labeling.demo.content import load_items
from labeling.models import Response, Task
from labeling.teaching.examples.selectors import texts_of
from labeling.teaching.examples.services import write_example
from labeling.teaching.quiz.services import QuizAnswer, answer_example
from labeling.vocabulary import TieKind
from projects.guidelines.selectors import current_guideline
from projects.models import Membership, Project, Role, User, WorkedExample
from projects.project_templates import ExampleSpec


@dataclass(frozen=True, slots=True)
class DemoExample:
    """A case of an item: `favours` is -1 (its first response), 0 (a tie) or 1; `wrong` are those
    who answer it otherwise."""

    item: str
    criterion: str
    kind: str
    favours: int
    rationale: str
    wrong: Sequence[str] = ()


EXAMPLES = (
    DemoExample(
        "math-01",
        "overall",
        "clear",
        -1,
        "48.60 times 0.15 is 7.29. The amount is the answer: the other one is friendly and wrong.",
    ),
    DemoExample(
        "code-12",
        "overall",
        "borderline",
        1,
        "Both are right. Whoever only commits and pushes follows the story sooner than the table; "
        "a reader who knows more would take the table, so this is close.",
        wrong=("sam@example.com", "tao@example.com"),
    ),
    DemoExample(
        "writ-04",
        "overall",
        "tie",
        0,
        "Both say the same in plain words. Nobody would mind which one they got: do not force a "
        "winner.",
    ),
    DemoExample(
        "expl-01",
        "accuracy",
        "clear",
        1,
        "The sky does not mirror the sea. Light is scattered, blue more than red, which explains "
        "sunsets too.",
    ),
    DemoExample(
        "expl-05",
        "accuracy",
        "borderline",
        -1,
        "Half of it sounds right, and one has to look the rest up: the second tide is no work of "
        "the Sun.",
        wrong=("tao@example.com",),
    ),
    DemoExample(
        "math-02",
        "accuracy",
        "tie",
        0,
        "Both derivatives are right; that one is factored and the other shows its rule is no "
        "matter of accuracy.",
    ),
)


def teach_by_examples(project: Project, lead: User, since: datetime) -> None:
    """Lets the lead have made examples of tasks when the guideline changed, and raters have
    answered them as a quiz before they went on."""
    guideline = current_guideline(project)
    since_version = guideline.number if guideline else 0
    Project.objects.filter(pk=project.pk).update(asks_quiz=True, quiz_since=since_version)
    project.refresh_from_db()
    signs = {example.item: _write(project, lead, example) for example in EXAMPLES}
    WorkedExample.objects.filter(project=project).update(at=since)
    raters = Membership.objects.filter(project=project, role=Role.RATER)
    for place, membership in enumerate(raters.select_related("project", "user").order_by("pk")):
        _answer_all(membership, signs, since + timedelta(minutes=10 + 7 * place))


def _write(project: Project, lead: User, example: DemoExample) -> int:
    """Makes an example of its task; the sign of what is right in the canonical order."""
    tasks = Task.objects.select_related("prompt").filter(project=project)
    task = tasks.get(prompt__external_id=example.item)
    items = {item.id: item for item in load_items()}
    first = Response.objects.get(pk=task.response_ids[0]).external_id
    is_turned = first != items[example.item].responses[0].id
    sign = -example.favours if is_turned else example.favours
    prompt, responses = texts_of(task)
    spec = ExampleSpec(
        kind=example.kind,
        answer="",
        rationale=example.rationale,
        prompt=prompt,
        responses=responses,
        criterion=example.criterion,
        right=[sign],
    )
    write_example(project=project, author=lead, spec=spec, source=task.external_id)
    return sign


def _answer_all(membership: Membership, signs: Mapping[str, int], begin: datetime) -> None:
    """Lets a rater answer the quiz, from a moment on."""
    for number, example in enumerate(EXAMPLES, start=1):
        value = signs[example.item]
        if membership.user.email in example.wrong:
            value = -value
        ties = {} if value else {example.criterion: TieKind.EQUAL_GOOD}
        answer = QuizAnswer({example.criterion: value}, tie_kinds=ties)
        at = begin + timedelta(seconds=40 * number)
        answer_example(membership=membership, number=number, answer=answer, now=at)
