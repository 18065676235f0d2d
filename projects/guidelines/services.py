"""Guideline versions: published once, never changed, acknowledged by raters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.checks import MOST_EXAMPLES, check_guideline
from projects.guidelines.content import PRINCIPLE_WORDS, guidance_json, spec_like
from projects.models import (
    Acknowledgement,
    ChangeSize,
    Guideline,
    GuidelineDraft,
    Principle,
    Project,
    User,
    WorkedExample,
)
from projects.project_templates import ExampleSpec, GuidelineSpec
from projects.publications import make_ready

#: The longest that a version is read: a day.
_LONGEST_OPEN = 24 * 3600


@transaction.atomic
def publish_guideline(
    *,
    project: Project,
    published_by: User,
    spec: GuidelineSpec,
    based_on: int | None = None,
    restores: int | None = None,
    asks_quiz: bool = False,
) -> Guideline:
    """Publishes the next version; raters acknowledge it before their next task, unless the change
    is a minor one, and answer the quiz again if it `asks_quiz`.

    Whoever publishes has read it, and their draft is gone. Its examples become the project's own.
    `based_on` is the version that was improved on: raises Conflict where another was published
    meanwhile. Raises InvalidInput for what no version can hold, for keys of principles that no
    version has or that two of them name, where nothing changed, or nobody says what did.
    """
    check_guideline(project, spec)
    # The project row is the lock: two versions published at once get two numbers.
    project = Project.objects.select_for_update().get(pk=project.pk)
    published = Guideline.objects.filter(project=project).select_related("published_by")
    newest = published.order_by("-number").first()
    _require_newest(newest, based_on)
    guideline = _next_version(project, published_by, spec, newest)
    clauses = list(_clauses(spec, newest, guideline.number))
    _require_change(newest, guideline, clauses)
    if asks_quiz:
        _require_quiz(project, guideline)
    guideline.save(force_insert=True)
    for clause in clauses:
        clause.guideline = guideline
    Principle.objects.bulk_create(clauses)
    keep_examples(project=project, author=published_by, examples=_brought(spec, newest))
    acknowledge(user=published_by, guideline=guideline)
    GuidelineDraft.objects.filter(project=project, author=published_by).delete()
    record(
        project=project,
        actor=published_by,
        verb=gettext_noop("guideline published"),
        version=guideline.number,
        **({"minor": True} if guideline.read_since < guideline.number else {}),
        **({"restored": restores} if restores else {}),
    )
    if asks_quiz:
        ask_examples_again(project=project, actor=published_by, since=guideline.number)
    make_ready(guideline=guideline)
    return guideline


def _next_version(
    project: Project, published_by: User, spec: GuidelineSpec, newest: Guideline | None
) -> Guideline:
    """The version after the newest, not stored yet."""
    number = newest.number + 1 if newest else 1
    is_minor = newest is not None and spec.change_size == ChangeSize.MINOR
    return Guideline(
        project=project,
        number=number,
        text=spec.text.replace("\r\n", "\n").strip() + "\n",
        priority_order=spec.priority_order.strip(),
        trade_off_rule=spec.trade_off_rule.strip(),
        change_note=spec.change_note.strip(),
        change_size=ChangeSize.MINOR if is_minor else ChangeSize.MAJOR,
        read_since=newest.read_since if newest is not None and is_minor else number,
        guidance=guidance_json(spec, newest),
        published_by=published_by,
    )


def _brought(spec: GuidelineSpec, newest: Guideline | None) -> list[ExampleSpec]:
    """The examples that a version brings along, and those that stood in the text before."""
    former = newest.examples if newest else []
    return [*(ExampleSpec(**example) for example in former), *(spec.examples or ())]


def keep_examples(*, project: Project, author: User, examples: Sequence[ExampleSpec]) -> None:
    """Makes examples those of the project, after the ones that it has; what the project holds, or
    once held, is not made again. `labeling.teaching.examples` adds and changes them, and says which
    answers are right. Raises InvalidInput where they are too many together."""
    if not examples:
        return
    rows = WorkedExample.objects.filter(project=project)
    known = {_said(row) for row in rows}
    last = max((row.number for row in rows), default=0)
    fresh = list({_said(e): e for e in examples if _said(e) not in known}.values())
    if fresh and sum(row.ended_at is None for row in rows) + len(fresh) > MOST_EXAMPLES:
        sentence = _("A project has at most %(most)d examples. Retire one first.")
        sentence %= {"most": MOST_EXAMPLES}
        raise InvalidInput(sentence, fields={"examples": sentence})
    WorkedExample.objects.bulk_create(
        WorkedExample(
            project=project,
            number=number,
            kind=example.kind,
            criterion=example.criterion,
            prompt=example.prompt,
            responses=list(example.responses),
            right=list(example.right),
            answer=example.answer,
            rationale=example.rationale,
            author=author,
        )
        for number, example in enumerate(fresh, start=last + 1)
    )
    Project.objects.filter(pk=project.pk, has_examples=False).update(has_examples=True)


def _said(example: WorkedExample | ExampleSpec) -> tuple[str, ...]:
    """What tells an example from others."""
    texts = (example.prompt, *example.responses, example.answer, example.rationale)
    return (example.kind, example.criterion.strip(), *(text.strip() for text in texts))


def ask_examples_again(*, project: Project, actor: User, since: int) -> None:
    """Every rater answers the quiz again before the next task, under this version."""
    project.quiz_since = since
    project.save(update_fields=["quiz_since"])
    record(project=project, actor=actor, verb=gettext_noop("quiz asked again"), version=since)


def restore_version(*, version: Guideline, restored_by: User) -> Guideline:
    """Publishes what an old version said as a new one, for raters to read.

    Raises InvalidInput where the current version says the same.
    """
    note = _("Restores v%(number)d.") % {"number": version.number}
    return publish_guideline(
        project=version.project,
        published_by=restored_by,
        spec=spec_like(version, change_note=note),
        restores=version.number,
    )


def _require_newest(newest: Guideline | None, based_on: int | None) -> None:
    """Raises Conflict where the version that was improved on is no longer the newest."""
    if newest is None or based_on is None or newest.number == based_on:
        return
    by = newest.published_by
    sentence = _(
        "v%(number)d was published by %(name)s while you were writing. Nothing of yours is "
        "lost: look at what changed, take over what you need, and publish again."
    ) % {"number": newest.number, "name": by.display_name if by else _("somebody")}
    note = _("They say: “%(note)s”") % {"note": newest.change_note} if newest.change_note else ""
    raise Conflict(f"{sentence} {note}".rstrip(), fields={"based_on": sentence})


def _require_change(
    newest: Guideline | None, guideline: Guideline, clauses: Iterable[Principle]
) -> None:
    """Raises InvalidInput where a version says what the one before says, or not what changed."""
    if newest is None:
        return
    before = [_content(newest), *map(_wording, newest.principles.all())]
    if before == [_content(guideline), *map(_wording, clauses)]:
        sentence = _("Nothing changed since v%(number)d, so there is nothing to publish.") % {
            "number": newest.number
        }
        raise InvalidInput(sentence, fields={"text": sentence})
    if not guideline.change_note:
        sentence = _("Say what changed since v%(number)d: raters read it before their next task.")
        if guideline.change_size == ChangeSize.MINOR:
            sentence = _("Say what changed since v%(number)d: raters find it beside the text.")
        sentence %= {"number": newest.number}
        raise InvalidInput(sentence, fields={"change_note": sentence})


def _require_quiz(project: Project, guideline: Guideline) -> None:
    """Raises InvalidInput where a version cannot ask the quiz again."""
    sentence = ""
    if not project.asks_quiz:
        sentence = _("This project asks no quiz. Turn it on in the settings first.")
    elif guideline.change_size == ChangeSize.MINOR:
        sentence = _("After a minor change raters go on; only a major one asks the quiz again.")
    if sentence:
        raise InvalidInput(sentence, fields={"quiz_again": sentence})


def _content(guideline: Guideline) -> object:
    texts = (guideline.text, guideline.priority_order, guideline.trade_off_rule)
    return (*texts, guideline.guidance)


def _wording(clause: Principle) -> object:
    return (clause.number, clause.key, _words(clause))


def _words(clause: Principle) -> list[object]:
    return [getattr(clause, name) for name in PRINCIPLE_WORDS]


def _clauses(spec: GuidelineSpec, newest: Guideline | None, number: int) -> Iterable[Principle]:
    """The principles of a version of the guideline, each with its key and its own version."""
    keys = _keys(spec, newest, number)
    project = newest.project_id if newest else None
    former = Principle.objects.filter(guideline__project=project, key__in=keys)
    latest = {clause.key: clause for clause in former.order_by("guideline__number")}
    for place, (principle, key) in enumerate(zip(spec.principles, keys, strict=True), start=1):
        before = latest.get(key)
        clause = Principle(number=place, key=key)
        for name in PRINCIPLE_WORDS:
            value = getattr(principle, name)
            if value is None:
                value = getattr(before or clause, name)
            setattr(clause, name, value.strip() if isinstance(value, str) else value)
        is_same = before is not None and _words(before) == _words(clause)
        clause.version = before.version + (not is_same) if before else 1
        clause.why = before.why if before and is_same else principle.why.strip()
        clause.evidence = before.evidence if before and is_same else list(principle.evidence)
        yield clause


def _keys(spec: GuidelineSpec, newest: Guideline | None, version: int) -> list[str]:
    """The key of each principle: the one it names, or that of the same number and title before,
    or a new one.

    Raises InvalidInput for a key that no version of the guideline has, or that two of these name.
    """
    named = [principle.key for principle in spec.principles if principle.key]
    of_project = Principle.objects.filter(guideline__project=newest.project_id if newest else None)
    strangers = set(named).difference(of_project.values_list("key", flat=True)) if named else set()
    if strangers:
        _refuse(
            _("No version of this guideline has a principle with the key “%(key)s”.")
            % {"key": min(strangers)}
        )
    if len(set(named)) < len(named):
        twice = next(key for key in named if named.count(key) > 1)
        _refuse(_("Two principles have the key “%(key)s”; only one can.") % {"key": twice})
    before = newest.principles.all() if newest else ()
    unnamed = {(p.number, p.title): p.key for p in before if p.key not in named}
    return [
        principle.key or unnamed.get((number, principle.title.strip()), f"v{version}p{number}")
        for number, principle in enumerate(spec.principles, start=1)
    ]


def _refuse(sentence: str) -> NoReturn:
    raise InvalidInput(sentence, fields={"principles": sentence})


def acknowledge(*, user: User, guideline: Guideline, seconds_open: int = 0) -> Acknowledgement:
    """Notes that the user has read this version. Idempotent."""
    acknowledgement, _created = Acknowledgement.objects.get_or_create(
        user=user,
        guideline=guideline,
        defaults={"seconds_open": max(0, min(seconds_open, _LONGEST_OPEN))},
    )
    return acknowledgement
