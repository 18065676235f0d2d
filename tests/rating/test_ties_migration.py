"""Judgments of before ties belonged to answers come through the migration with what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from labeling.models import Answer, Judgment
from projects.models import Project, User
from projects.project_templates import CriterionSpec
from projects.services.projects import create_project, update_project

#: The database goes back through every migration since, for each test.
pytestmark = pytest.mark.kill

BEFORE = [("labeling", "0003_room_for_turns_votes_and_sides")]
AFTER = [("labeling", "0004_ties_belong_to_answers")]
RUBRIC = (
    CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True),
    CriterionSpec("correct", "Which is more correct?", "webgpt5", is_required=False),
    CriterionSpec("safe", "Which is safer?", "arena4", is_required=False),
)


def migrate(target: list[tuple[str, str]]) -> Apps:
    """The models as they were after the migration."""
    connection.check_constraints()
    state = MigrationExecutor(connection).migrate(target)
    apps: Apps = state.apps
    return apps


@dataclass
class Past:
    """A database of before the migration, and what is written into it."""

    apps: Apps
    rater: User
    names: dict[int, str] = field(default_factory=dict)

    def model(self, name: str) -> Any:
        """A model as it was."""
        return self.apps.get_model("labeling", name)

    def judgment(
        self, project: Project, name: str, tie: str, answers: dict[str, int], **fields: Any
    ) -> int:
        """A judgment of its own task, with its answers by criterion."""
        prompt = self.model("Prompt").objects.create(
            project_id=project.pk,
            external_id=name,
            messages=[{"role": "user", "content": name}],
            group_key=name,
        )
        task = self.model("Task").objects.create(
            project_id=project.pk,
            prompt=prompt,
            external_id=name,
            response_ids=[],
            overlap=2,
            open_slots=2,
            queue_key=0,
        )
        assignment = self.model("Assignment").objects.create(
            project_id=project.pk,
            task=task,
            rater_id=self.rater.pk,
            state="submitted",
            lease_expires_at="2026-01-31T12:00:00Z",
            shown_order=[0, 1],
        )
        judgment = self.model("Judgment").objects.create(
            assignment=assignment,
            task=task,
            project_id=project.pk,
            rater_id=self.rater.pk,
            tie_kind=tie,
            fingerprint="f" * 64,
            **fields,
        )
        criteria = {criterion.key: criterion.pk for criterion in project.criteria.all()}
        self.model("Answer").objects.bulk_create(
            self.model("Answer")(judgment=judgment, criterion_id=criteria[key], value=value)
            for key, value in answers.items()
        )
        self.names[judgment.pk] = name
        return int(judgment.pk)


@pytest.fixture
def past(lena: User) -> Iterator[Past]:
    """The database as it was; the test's transaction takes everything back."""
    yield Past(migrate(BEFORE), lena)
    connection.needs_rollback = False


def offering(lead: User, name: str, *, escapes: bool) -> Project:
    """A project that offers both escapes beside its scales, or neither."""
    settings = {"allow_both_bad": escapes, "allow_cannot_tell": escapes}
    return create_project(name=name, created_by=lead, criteria=RUBRIC, settings=settings)


def fill(past: Past, lena: User) -> None:
    """Judgments of every sort, in projects with and without escapes."""
    offers = offering(lena, "Offers", escapes=True)
    past.judgment(offers, "bad", "equal_bad", {"overall": 0, "correct": 0, "safe": 0})
    past.judgment(offers, "decided", "", {"overall": 2, "correct": -1, "safe": 0})
    past.judgment(offers, "unsure", "cannot_tell", {"overall": 0})
    past.judgment(offers, "good", "equal_good", {"overall": 0, "correct": 1}, is_current=False)
    past.judgment(offers, "no kind", "", {"overall": 0})
    past.judgment(offers, "no answer", "cannot_tell", {"correct": 1})
    past.judgment(offers, "taken back", "", {}, withdrawn=True)
    never = offering(lena, "Never", escapes=False)
    past.judgment(never, "one zero", "", {"overall": 1, "correct": 0, "safe": 0})
    past.judgment(never, "elsewhere", "", {"overall": 1, "correct": 0}, strategy="imported")
    once = offering(lena, "Once", escapes=True)
    past.judgment(once, "before", "", {"overall": 1, "correct": 0})
    off = {"allow_both_bad": False, "allow_cannot_tell": False}
    update_project(project=once, actor=lena, changes=off)


def ties(past: Past) -> dict[str, dict[str, tuple[int | None, str]]]:
    """(value, kind of tie) by the judgment's name and the criterion's key."""
    stored: dict[str, dict[str, tuple[int | None, str]]] = {
        name: {} for name in past.names.values()
    }
    for answer in Answer.objects.select_related("criterion"):
        name = past.names[answer.judgment_id]
        stored[name][answer.criterion.key] = (answer.value, answer.tie_kind)
    return stored


@pytest.mark.django_db
def test_the_tie_of_a_judgment_goes_to_its_primary_answer_and_others_only_where_it_is_known(
    past: Past, lena: User
):
    fill(past, lena)
    migrate(AFTER)
    assert ties(past) == {
        "bad": {
            "overall": (0, "equal_bad"),
            "correct": (0, "unspecified"),
            "safe": (0, "unspecified"),
        },
        "decided": {"overall": (2, ""), "correct": (-1, ""), "safe": (0, "unspecified")},
        "unsure": {"overall": (0, "cannot_tell")},
        "good": {"overall": (0, "equal_good"), "correct": (1, "")},
        "no kind": {"overall": (0, "unspecified")},
        # A tie always stood for the primary 0.
        "no answer": {"overall": (0, "cannot_tell"), "correct": (1, "")},
        "taken back": {},
        # "Both are bad" is a button of the arena's own scale.
        "one zero": {"overall": (1, ""), "correct": (0, "equal_good"), "safe": (0, "unspecified")},
        # What was offered elsewhere, or before the settings changed, nobody knows.
        "elsewhere": {"overall": (1, ""), "correct": (0, "unspecified")},
        "before": {"overall": (1, ""), "correct": (0, "unspecified")},
    }
    assert not Answer.objects.exclude(unsaid="", principle__isnull=True).exists()


@pytest.mark.django_db
def test_the_append_only_rule_is_closed_again_and_refuses_to_empty_a_table(past: Past, lena: User):
    fill(past, lena)
    migrate(AFTER)
    refused = (
        "UPDATE labeling_answer SET tie_kind = '' WHERE tie_kind <> ''",
        "UPDATE labeling_judgment SET rationale = 'never said'",
        "DELETE FROM labeling_answer",
        "TRUNCATE labeling_answer",
        "TRUNCATE labeling_judgment CASCADE",
        "TRUNCATE projects_project CASCADE",
    )
    for statement in refused:
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            run(statement)
    run("SET LOCAL concord.allow_erasure = 'on'")
    run("TRUNCATE labeling_judgment CASCADE")
    assert not Answer.objects.exists()


@pytest.mark.django_db
def test_the_way_back_keeps_the_ties_of_primary_answers_and_loses_nothing_else(
    past: Past, lena: User
):
    fill(past, lena)
    before = dict(past.model("Judgment").objects.values_list("pk", "tie_kind"))
    migrate(AFTER)
    answer = Answer.objects.filter(criterion__key="correct", value=1).first()
    assert answer is not None
    unsure = Answer.objects.create(
        judgment_id=answer.judgment_id,
        criterion=answer.criterion.project.criteria.get(key="safe"),
        unsaid="unsure",
    )
    with pytest.raises(Error, match="no number"), transaction.atomic():
        migrate(BEFORE)
    run("SET LOCAL concord.allow_erasure = 'on'")
    unsure.delete()
    # Longer than the fingerprints of before, which it could not be told from either.
    Judgment.objects.filter(pk=answer.judgment_id).update(fingerprint=f"2:{'e' * 64}")
    run("SET LOCAL concord.allow_erasure = 'off'")
    past.apps = migrate(BEFORE)
    judgments = past.model("Judgment").objects
    assert dict(judgments.values_list("pk", "tie_kind")) == before
    assert judgments.get(fingerprint="").pk == answer.judgment_id


def run(statement: str) -> None:
    """Runs a statement as anybody with the database's password could."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
