"""Seven raters of known accuracy on 300 pairs: one loves length, one does not read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from labeling.allocation import canonical_order, queue_key
from labeling.kinds.known import KnownAnswer
from labeling.models import Answer, Assignment, Judgment, Prompt, Response, Task
from labeling.models.copies import copy_of
from labeling.teaching.checks.services import set_known_answer
from labeling.vocabulary import AssignmentState, Purpose
from projects.models import Membership, Project, Role, User

PAIRS, GOLD, REPEATS = 300, 15, 15
ACCURACY = {
    "r90": 0.90,
    "r85": 0.85,
    "r80": 0.80,
    "r60": 0.60,
    "r55": 0.55,
    "r50": 0.50,
    "r30": 0.30,
}
LENGTH_LOVER, SPEEDER = "r55", "r50"
#: How often the lover of length takes the longer response, whatever is right.
LOVE = 0.6


@dataclass
class SevenRaters:
    """A project whose true sides are drawn from a seed; `truth` and `longer` are -1 or 1 by task,
    of the canonical order, -1 for the first response."""

    project: Project
    seed: int
    truth: dict[int, int] = field(default_factory=dict)
    longer: dict[int, int] = field(default_factory=dict)
    words: dict[int, int] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.raters = [self._rater(name) for name in ACCURACY]
        Project.objects.filter(pk=self.project.pk).update(
            gold_rate=0.05, repeat_rate=0.05, salt=f"seed-{self.seed}"
        )
        self.project.refresh_from_db()
        self._write_tasks()

    def _rater(self, name: str) -> User:
        person = User.objects.create_user(email=f"{name}@example.org", password=None, name=name)
        Membership.objects.create(project=self.project, user=person, role=Role.RATER)
        return person

    def _write_tasks(self) -> None:
        prompts = Prompt.objects.bulk_create(
            Prompt(
                project=self.project,
                external_id=f"p{i}",
                messages=[{"role": "user", "content": f"Question {i // 2}, once more"}],
                group_key=f"g{i // 2}",
            )
            for i in range(PAIRS)
        )
        responses = Response.objects.bulk_create(
            Response(
                prompt=prompt,
                external_id=f"{prompt.external_id}-{letter}",
                content="word " * self.draw.randint(60, 400),
                model=f"model-{letter}",
            )
            for prompt in prompts
            for letter in "ab"
        )
        salt, rows = self.project.salt, []
        for place, prompt in enumerate(prompts):
            pair = responses[2 * place : 2 * place + 2]
            order = canonical_order(salt, [f"{prompt.external_id}/{r.external_id}" for r in pair])
            rows.append(
                Task(
                    project=self.project,
                    prompt=prompt,
                    external_id=prompt.external_id,
                    response_ids=[pair[index].pk for index in order],
                    overlap=len(ACCURACY),
                    open_slots=len(ACCURACY),
                    queue_key=queue_key(0, salt, prompt.external_id),
                )
            )
        self.tasks = Task.objects.bulk_create(rows)
        lengths = {row.pk: len(row.content) for row in responses}
        for task in self.tasks:
            first, second = (lengths[pk] for pk in task.response_ids)
            self.truth[task.pk] = self.draw.choice((-1, 1))
            self.longer[task.pk] = -1 if first > second else 1
            self.words[task.pk] = (first + second) // 5

    def make_gold(self, lead: User) -> list[Task]:
        """Says on some tasks what is right; their copies."""
        return [
            set_known_answer(
                task=task, actor=lead, known=KnownAnswer({"overall": self.truth[task.pk]})
            ).task
            for task in self.draw.sample(self.tasks, GOLD)
        ]

    def side(self, rater: User, task: Task) -> int:
        """What a rater says of a task, of the canonical order."""
        right = self.truth[task.original_id]
        said = right if self.draw.random() < ACCURACY[rater.name] else -right
        if rater.name == LENGTH_LOVER and self.draw.random() < LOVE:
            said = self.longer[task.original_id]
        return said

    def seconds(self, rater: User, task: Task) -> float:
        """How long it takes them: the speeder reads nothing."""
        if rater.name == SPEEDER:
            return self.draw.uniform(2, 6)
        return self.words[task.original_id] / 240 * 60 * self.draw.lognormvariate(0, 0.25)

    def write_rows(self, lead: User) -> None:
        """Everything that the seven say, row by row, without the doors."""
        gold = self.make_gold(lead)
        again = [copy_of(task, Purpose.REPEAT) for task in self.draw.sample(self.tasks, REPEATS)]
        asked = [(rater, task) for rater in self.raters for task in (*self.tasks, *gold, *again)]
        assignments = Assignment.objects.bulk_create(self._assignments(asked))
        overall = self.project.criteria.get(key="overall")
        judgments = Judgment.objects.bulk_create(
            Judgment(
                assignment=row,
                task_id=row.task_id,
                project=self.project,
                rater_id=row.rater_id,
                purpose=row.purpose,
                selection_probability=0.5,
                active_ms=int(1000 * self.seconds(rater, task)),
                ui_version="compare-1",
            )
            for row, (rater, task) in zip(assignments, asked, strict=True)
        )
        Answer.objects.bulk_create(
            Answer(judgment=row, criterion=overall, value=self.side(rater, task))
            for row, (rater, task) in zip(judgments, asked, strict=True)
        )

    def _assignments(self, asked: list[tuple[User, Task]]) -> Iterator[Assignment]:
        now = timezone.now()
        for rater, task in asked:
            left = self.draw.choice((0, 1))
            yield Assignment(
                task=task,
                project=self.project,
                rater=rater,
                state=AssignmentState.SUBMITTED,
                purpose=task.purpose,
                shown_order=[left, 1 - left],
                lease_expires_at=now + timedelta(hours=1),
                opened_at=now,
                submitted_at=now,
            )
