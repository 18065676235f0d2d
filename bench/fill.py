"""Fills an instance for a benchmark; runs inside of Django (`./run manage shell -c …`).

Made-up text, fixed seeds: the same instance every time.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import transaction

from bench.text import write_pairs
from labeling.rating.texts import render_some
from labeling.teaching.checks.services import KnownAnswer, set_known_answer
from labeling.teaching.quiz.services import QuizAnswer, answer_example
from labeling.wellbeing.services import choose_topics, describe_topic
from projects.guidelines.examples import left_to_answer
from projects.guidelines.services import acknowledge
from projects.models import Membership, Project, Role, User
from projects.services.members import create_user, set_member
from projects.services.projects import create_project
from projects.sql import database_now


def project_with_raters(
    raters: int, *, overlap: int = 3, gold: float = 0.0, repeats: float = 0.0
) -> dict[str, object]:
    """Make a project with so many raters; return its slug, criteria and their session cookies.

    `gold` and `repeats` are the shares of each that are mixed into the raters' tasks.
    """
    # Nobody logs in by password here, and a hash takes a sixth of a second.
    lead = create_user(email="lead@bench.example", name="Lead")
    settings = {"overlap": overlap, "gold_rate": gold, "repeat_rate": repeats}
    project = create_project(name="Bench", created_by=lead, template="arena", settings=settings)
    return {
        "slug": project.slug,
        "lead": session_of(lead),
        "sessions": rater_sessions(project, raters),
        "answers": answers(project),
    }


def rater_sessions(project: Project, raters: int) -> dict[str, str]:
    """Let so many raters join who have read the guideline; return their session cookies."""
    guideline = project.guidelines.get()
    sessions = {}
    for i in range(raters):
        rater = create_user(email=f"r{i}@bench.example", name=f"Rater {i}")
        set_member(project=project, user=rater, role=Role.RATER)
        acknowledge(user=rater, guideline=guideline)
        sessions[rater.email] = session_of(rater)
    return sessions


def session_of(user: User) -> str:
    """Return a session cookie such as log-in makes, without the cost of a password's hash."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def answers(project: Project) -> list[tuple[str, str]]:
    """Return form fields that answer every required criterion with its scale's first option."""
    return [
        (f"answer.{c.key}", c.scale.options[0].code)
        for c in project.criteria.all()
        if c.is_required and c.scale.options
    ]


def render(project: Project) -> None:
    """Render everything now, as the worker does after an import; else it is measured as rating."""
    more = True
    while more:
        with transaction.atomic():
            more = render_some(project_id=project.pk)


def _make_gold(project: Project, share: float) -> None:
    """Say what is right on enough tasks for a rater who judges a third of all."""
    known = KnownAnswer({"overall": -1}, reason="The first says what was asked.")
    actor = project.memberships.get(role=Role.LEAD).user
    for task in project.tasks.order_by("pk")[: int(share * project.tasks.count() / 2)]:
        set_known_answer(task=task, actor=actor, known=known)


def _turn_on(project: Project) -> None:
    """Caps that nobody reaches, and stages that every rater has been through."""
    caps = {"daily_limit": 2_000, "weekly_limit": 10_000, "share_limit": 0.9}
    stages = {"training_tasks": 5, "qualification_tasks": 20}
    Project.objects.filter(pk=project.pk).update(**caps, **stages)
    raters = project.memberships.filter(role=Role.RATER)
    raters.update(stage=Membership.Stage.PASSED, stage_at=database_now())


def _ask_first(project: Project) -> None:
    """Two topics that raters have agreed to, with limits of their own, and a quiz that all have
    answered; a twentieth of the prompts touch a topic."""
    lead = project.memberships.get(role=Role.LEAD).user
    prompts = list(project.prompts.values_list("pk", flat=True))
    for number, key in enumerate(("violence", "medicine")):
        limits = {"hourly_limit": 50_000, "daily_limit": 100_000}
        describe_topic(project=project, actor=lead, key=key, said={"description": key, **limits})
        touched = project.prompts.filter(pk__in=prompts[number::40])
        touched.update(sensitivity=[{"topic": key, "severity": "moderate"}])
    Project.objects.filter(pk=project.pk).update(asks_quiz=True)
    for membership in project.memberships.filter(role=Role.RATER).select_related("project", "user"):
        for example in left_to_answer(membership):
            answer = QuizAnswer({example.criterion: example.right[0]})
            answer_example(membership=membership, number=example.number, answer=answer)
        choices = {"violence": (1, True), "medicine": (1, True)}
        choose_topics(project=project, user=membership.user, choices=choices)


def main(
    out: str,
    *,
    raters: int,
    tasks: int,
    overlap: int = 3,
    gold: float = 0.0,
    repeats: float = 0.0,
    guarded: bool = False,
    asks: bool = False,
) -> None:
    """Fill the instance and write what the client needs to `out`, as JSON.

    `guarded` turns on caps and qualification, `asks` topics and the quiz: what else may stand
    between a rater and the next task.
    """
    path = Path(out).with_suffix(".jsonl")
    write_pairs(path, tasks)
    made = project_with_raters(raters, overlap=overlap, gold=gold, repeats=repeats)
    call_command("import_tasks", str(made["slug"]), str(path), verbosity=0)
    project = Project.objects.get(slug=made["slug"])
    _make_gold(project, gold)
    if guarded:
        _turn_on(project)
    if asks:
        _ask_first(project)
    render(project)
    Path(out).write_text(json.dumps(made))
