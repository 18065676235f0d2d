"""Asks what the guideline does not say, answers it, and keeps the answer as a precedent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.kinds.shapes import unstorable
from labeling.models import Assignment, Precedent, PrecedentReading, Query, Task
from labeling.rating.openings import open_votes
from labeling.teaching.questions.selectors import contradicted, precedent_versions
from labeling.vocabulary import AssignmentState, QueryState
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Criterion, Project, User
from projects.sql import database_now

#: Characters of a question, and of an answer.
MOST_ASKED, MOST_ANSWER = 2_000, 5_000
#: Questions of one person on one task, and those answered at once.
MOST_A_TASK, MOST_AT_ONCE = 20, 200


def _sentence(text: str, name: str, limit: int, missing: str) -> str:
    """The text without space around it. Raises InvalidInput naming the field."""
    text = text.replace("\r\n", "\n").strip()
    problem = ""
    if not text:
        problem = missing
    elif len(text) > limit:
        problem = _("At most %(limit)s characters; this has %(length)s.") % {
            "limit": f"{limit:,}",
            "length": f"{len(text):,}",
        }
    elif unstorable(text):
        problem = _("The text holds a character that cannot be stored (NUL or half of a pair).")
    if problem:
        raise InvalidInput(problem, fields={name: problem})
    return text


def _criterion(project: Project, key: str) -> str:
    if key and not Criterion.objects.filter(project=project, key=key).exists():
        problem = _("This project asks no question “%(key)s”.") % {"key": key[:40]}
        raise InvalidInput(problem, fields={"criterion": problem})
    return key


def send_query(*, person: User, assignment: Assignment, text: str, criterion: str = "") -> Query:
    """Keeps a question about a task of one's own, judged or not; the same words again are one.

    A task that was withdrawn, or a project that its rater has left, takes it too: they had the
    task in good faith. Raises InvalidInput naming the field at fault.
    """
    text = _sentence(text, "text", MOST_ASKED, _("Say in a sentence what the guideline lacks."))
    project = assignment.project
    key = _criterion(project, criterion)
    with transaction.atomic():
        Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        asked = Query.objects.filter(assignment=assignment, asked_by=person)
        if same := asked.filter(text=text).first():
            return same
        if asked.count() >= MOST_A_TASK:
            problem = _("You have asked %(n)d questions about this task; a lead will answer.") % {
                "n": MOST_A_TASK
            }
            raise InvalidInput(problem, fields={"text": problem})
        return Query.objects.create(
            project=project,
            task_id=assignment.task_id,
            assignment=assignment,
            criterion_key=key,
            text=text,
            asked_by=person,
            asked_at=database_now(),
        )


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a precedent says: the question quoted, its answer, and what it is about.

    `supersedes` are the numbers of precedents that it takes the place of; with `beside` it stands
    beside others on the same task and question.
    """

    answer: str
    question: str = ""
    criterion: str = ""
    task_id: int | None = None
    supersedes: Sequence[int] = field(default=())
    beside: bool = False


def _open(project: Project, ids: Sequence[int]) -> list[Query]:
    """Locks questions that wait for an answer. Raises Conflict where one has one, InvalidInput for
    one that the project does not have."""
    wanted = set(ids)
    if len(wanted) > MOST_AT_ONCE:
        problem = _("At most %(n)d questions at once.") % {"n": MOST_AT_ONCE}
        raise InvalidInput(problem, fields={"questions": problem})
    rows = list(
        Query.objects.select_for_update(no_key=True, of=("self",))
        .select_related("answered_by", "task")
        .filter(project=project, pk__in=wanted)
        .order_by("pk")
    )
    if missing := wanted - {row.pk for row in rows}:
        problem = _("This project has no question %(id)d.") % {"id": min(missing)}
        raise InvalidInput(problem, fields={"questions": problem})
    for row in rows:
        if row.status != QueryState.OPEN:
            by = row.answered_by.display_name if row.answered_by else "?"
            words = _("%(person)s has answered question %(id)d meanwhile: “%(answer)s”")
            raise Conflict(words % {"person": by, "id": row.pk, "answer": row.answer[:200]})
    return rows


def answer_asker(
    *, project: Project, actor: User, questions: Sequence[int], answer: str
) -> list[Query]:
    """Answers questions to those who asked them, and nobody else.

    Raises InvalidInput naming the field at fault, Conflict where one is answered already.
    """
    answer = _sentence(answer, "answer", MOST_ANSWER, _("Write the answer."))
    with transaction.atomic():
        rows = _open(project, _some(questions))
        _settle(rows, actor, answer, QueryState.ANSWERED)
        _close_tasks(rows, actor)
        _log(project, actor, gettext_noop("questions answered"), questions=[r.pk for r in rows])
    return rows


def _some(questions: Sequence[int]) -> Sequence[int]:
    if not questions:
        problem = _("Pick the questions that this answers.")
        raise InvalidInput(problem, fields={"questions": problem})
    return questions


def settle_by(
    *, project: Project, actor: User, questions: Sequence[int], number: int
) -> list[Query]:
    """Answers questions by a precedent that stands. Raises as `answer_asker`."""
    with transaction.atomic():
        rows = _open(project, _some(questions))
        holding = _holding(project, number)
        _settle(rows, actor, holding.answer, QueryState.SETTLED, number)
        _close_tasks(rows, actor)
        verb = gettext_noop("questions settled by a precedent")
        _log(project, actor, verb, precedent=number, questions=[row.pk for row in rows])
    return rows


def write_precedent(
    *, project: Project, actor: User, ruling: Ruling, questions: Sequence[int] = ()
) -> Precedent:
    """Keeps an answer as a precedent of the next number, and answers questions by it.

    Raises InvalidInput naming the field at fault; Conflict where a question is answered already,
    or where another precedent in force is on the same task and question and nobody said which
    holds.
    """
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        rows = _open(project, questions)
        ruling = _completed(project, ruling, rows)
        superseded = [_holding(project, number) for number in dict.fromkeys(ruling.supersedes)]
        beside = _require_said_which(project, ruling)
        newest = Precedent.objects.filter(project=project).aggregate(n=Max("number"))["n"]
        precedent = Precedent.objects.create(
            project=project,
            number=(newest or 0) + 1,
            question=ruling.question,
            answer=ruling.answer,
            criterion_key=ruling.criterion,
            task_id=ruling.task_id,
            author=actor,
            beside=beside,
        )
        for former in superseded:
            _next_version(former, actor, retired=True, superseded_by=precedent.number)
        _settle(rows, actor, ruling.answer, QueryState.SETTLED, precedent.number)
        _close_tasks(rows, actor, precedent.task)
        _log(
            project,
            actor,
            gettext_noop("precedent written"),
            precedent=precedent.number,
            questions=[row.pk for row in rows],
            supersedes=[former.number for former in superseded],
        )
    return precedent


def _completed(project: Project, ruling: Ruling, rows: Sequence[Query]) -> Ruling:
    """What is said, checked; what is left out, as the first question has it."""
    answer = _sentence(ruling.answer, "answer", MOST_ANSWER, _("Write the answer."))
    quoted = ruling.question.strip() or next((row.text for row in rows if row.text), "")
    question = _sentence(quoted, "question", MOST_ASKED, _("Write the question it answers."))
    task_id = ruling.task_id or (rows[0].task_id if rows else None)
    if task_id and not Task.objects.filter(project=project, pk=task_id).exists():
        problem = _("There is no such task in this project.")
        raise InvalidInput(problem, fields={"task": problem})
    return Ruling(
        answer,
        question,
        _criterion(project, ruling.criterion),
        task_id,
        ruling.supersedes,
        ruling.beside,
    )


def _require_said_which(project: Project, ruling: Ruling, but: int = 0) -> list[int]:
    """The numbers of those that it stands beside, because somebody said so.

    Raises Conflict where a precedent on the same would be contradicted, and nobody said.
    """
    others = contradicted(
        project,
        task_id=ruling.task_id,
        criterion_key=ruling.criterion,
        question=ruling.question,
        but=but,
    )
    left = [other for other in others if other.number not in ruling.supersedes]
    if left and not ruling.beside:
        sentence = _(
            "Precedent %(number)d answers the same: “%(answer)s” Say whether this one takes its "
            "place or both stand, or answer by that one."
        ) % {"number": left[0].number, "answer": left[0].answer[:200]}
        raise Conflict(sentence, fields={"supersedes": sentence})
    return [other.number for other in left]


def _holding(project: Project, number: int) -> Precedent:
    """The newest version of a precedent that stands. Raises InvalidInput where none does."""
    versions = precedent_versions(project, number)
    if not versions or versions[0].retired:
        problem = _("There is no precedent %(number)d in force.") % {"number": number}
        raise InvalidInput(problem, fields={"precedent": problem})
    return versions[0]


def _next_version(
    former: Precedent, actor: User, *, retired: bool = False, superseded_by: int | None = None
) -> Precedent:
    return Precedent.objects.create(
        project_id=former.project_id,
        number=former.number,
        version=former.version + 1,
        question=former.question,
        answer=former.answer,
        criterion_key=former.criterion_key,
        task_id=former.task_id,
        author=actor,
        retired=retired,
        superseded_by=superseded_by,
        beside=former.beside,
    )


def reword_precedent(*, project: Project, actor: User, number: int, ruling: Ruling) -> Precedent:
    """Words a precedent anew, as its next version; one that says the same stays.

    Raises InvalidInput naming the field at fault, Conflict as `write_precedent`.
    """
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        former = _holding(project, number)
        ruling = _completed(project, ruling, ())
        beside = _require_said_which(project, ruling, number)
        said = (ruling.question, ruling.answer, ruling.criterion, ruling.task_id)
        if said == (former.question, former.answer, former.criterion_key, former.task_id):
            return former
        former.question, former.answer, former.criterion_key, former.task_id = said
        former.beside = beside
        precedent = _next_version(former, actor)
        _log(project, actor, gettext_noop("precedent worded anew"), precedent=number)
    return precedent


def retire_precedent(
    *, project: Project, actor: User, number: int, superseded_by: int | None = None
) -> Precedent:
    """Retires a precedent, in favour of another if it is named: both stay on record.

    Raises InvalidInput where one of them is not in force.
    """
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        former = _holding(project, number)
        if superseded_by is not None and _holding(project, superseded_by).number == number:
            problem = _("A precedent cannot take its own place.")
            raise InvalidInput(problem, fields={"superseded_by": problem})
        precedent = _next_version(former, actor, retired=True, superseded_by=superseded_by)
        _log(project, actor, gettext_noop("precedent retired"), precedent=number)
    return precedent


def _settle(
    rows: Sequence[Query], actor: User, answer: str, state: QueryState, number: int | None = None
) -> None:
    now = database_now()
    for row in rows:
        row.status, row.answer, row.precedent = state, answer, number
        row.answered_by, row.answered_at = actor, now
        # Who answers themselves knows.
        row.told_at = now if row.asked_by_id == actor.pk else None
    names = ["status", "answer", "precedent", "answered_by", "answered_at", "told_at"]
    Query.objects.bulk_update(rows, names)


def _close_tasks(rows: Sequence[Query], actor: User, about: Task | None = None) -> None:
    """Whoever answers has read what another says of a task, and whoever is answered after judging
    it has the lead's word on it: from then on neither judges it, nor changes what they said."""
    tasks = {row.task_id: row.task for row in rows if row.asked_by_id != actor.pk}
    if about is not None:
        tasks[about.pk] = about
    for _pk, task in sorted(tasks.items()):
        open_votes(task=task, person=actor, is_told=True)
    judged = Assignment.objects.filter(
        pk__in=[row.assignment_id for row in rows], state=AssignmentState.SUBMITTED
    )
    for assignment in judged.select_related("task", "rater").order_by("pk"):
        open_votes(task=assignment.task, person=assignment.rater, is_told=True)


def mark_read(
    *, project: Project, person: User, until: int = 0, answers: Sequence[int] = ()
) -> None:
    """Notes what somebody has read: precedents up to a row, and answers to questions of their own.
    What they had read before stays read."""
    newest = Precedent.objects.filter(project=project).aggregate(n=Max("pk"))["n"] or 0
    seen = min(until, newest)
    with transaction.atomic():
        rows = PrecedentReading.objects.select_for_update(no_key=True)
        reading, created = rows.get_or_create(
            project=project, reader=person, defaults={"seen": seen}
        )
        if not created and reading.seen < seen:
            reading.seen = seen
            reading.save(update_fields=["seen", "at"])
    own = Query.objects.filter(project=project, asked_by=person, told_at=None)
    shown = own.exclude(status=QueryState.OPEN).filter(pk__in=list(answers)[:MOST_AT_ONCE])
    shown.update(told_at=database_now())


def _log(project: Project, actor: User, verb: str, **detail: object) -> None:
    record(project=project, actor=actor, verb=verb, **detail)
