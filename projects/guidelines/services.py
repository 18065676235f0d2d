"""Guideline versions: published once, never changed, acknowledged by raters."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import record
from projects.exceptions import InvalidInput
from projects.models import Acknowledgement, Guideline, Principle, Project, User
from projects.project_templates import EXAMPLE_KINDS, ExampleSpec, GuidelineSpec
from projects.publications import make_ready

TEXT_LIMIT = 100_000
#: Principles of one version; more could not be told apart by who cites them.
MOST_PRINCIPLES = 60
#: Worked examples of one version, the responses of each, and characters of each of its texts.
MOST_EXAMPLES, MOST_SHOWN, EXAMPLE_LIMIT = 60, 9, 4000


@transaction.atomic
def publish_guideline(*, project: Project, published_by: User, spec: GuidelineSpec) -> Guideline:
    """Publishes the next version; raters acknowledge it before their next task.

    Whoever publishes has read it. Raises InvalidInput for an empty or a too long text, for too
    many principles, for keys that no version has or that two of them name, and for an example
    that is incomplete or too long.
    """
    _check(spec)
    # The project row is the lock: two versions published at once get two numbers.
    Project.objects.select_for_update().get(pk=project.pk)
    newest = Guideline.objects.filter(project=project).order_by("-number").first()
    version = newest.number + 1 if newest else 1
    keys = _keys(spec, newest, version)
    guideline = Guideline.objects.create(
        project=project,
        number=version,
        text=spec.text.replace("\r\n", "\n").strip() + "\n",
        priority_order=spec.priority_order.strip(),
        trade_off_rule=spec.trade_off_rule.strip(),
        change_note=spec.change_note.strip(),
        examples=_examples(spec, newest),
        published_by=published_by,
    )
    Principle.objects.bulk_create(
        Principle(
            guideline=guideline,
            number=number,
            key=key,
            title=principle.title.strip(),
            text=principle.text.strip(),
            training_form=principle.training_form.strip(),
        )
        for number, (principle, key) in enumerate(zip(spec.principles, keys, strict=True), start=1)
    )
    acknowledge(user=published_by, guideline=guideline)
    record(
        project=project,
        actor=published_by,
        verb=gettext_noop("guideline published"),
        version=guideline.number,
    )
    make_ready(guideline=guideline)
    return guideline


def _examples(spec: GuidelineSpec, newest: Guideline | None) -> list[dict[str, Any]]:
    """The examples as they are stored: those of the version before where nobody says."""
    if spec.examples is None:
        return list(newest.examples) if newest else []
    return [
        {
            "kind": example.kind,
            "criterion": example.criterion.strip(),
            "prompt": example.prompt.strip(),
            "responses": [text.strip() for text in example.responses],
            "answer": example.answer.strip(),
            "rationale": example.rationale.strip(),
        }
        for example in spec.examples
    ]


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


def _check(spec: GuidelineSpec) -> None:
    if not spec.text.strip():
        raise InvalidInput(_("Write the guideline."), fields={"text": _("The guideline is empty.")})
    if len(spec.text) > TEXT_LIMIT:
        sentence = _("At most %(limit)s characters; this has %(length)s.") % {
            "limit": f"{TEXT_LIMIT:,}",
            "length": f"{len(spec.text):,}",
        }
        raise InvalidInput(_("The guideline is too long."), fields={"text": sentence})
    if len(spec.principles) > MOST_PRINCIPLES:
        sentence = _("At most %(limit)d principles; these are %(length)d.") % {
            "limit": MOST_PRINCIPLES,
            "length": len(spec.principles),
        }
        raise InvalidInput(_("There are too many principles."), fields={"principles": sentence})
    for number, example in enumerate(spec.examples or (), start=1):
        if sentence := _example_fault(number, example):
            raise InvalidInput(sentence, fields={"examples": sentence})


def _example_fault(number: int, example: ExampleSpec) -> str:
    """What is wrong with the example of that number, empty where nothing is."""
    parts = (example.prompt, *example.responses, example.answer, example.rationale)
    if number > MOST_EXAMPLES:
        return _("At most %(limit)d worked examples.") % {"limit": MOST_EXAMPLES}
    if example.kind not in EXAMPLE_KINDS:
        known = ", ".join(EXAMPLE_KINDS)
        sentence = _("Example %(number)d is none of: %(known)s.")
        return sentence % {"number": number, "known": known}
    if not (example.answer.strip() and example.rationale.strip()):
        return _("Example %(number)d needs its answer, and why.") % {"number": number}
    if max(len(part) for part in parts) > EXAMPLE_LIMIT or len(example.responses) > MOST_SHOWN:
        sentence = _(
            "Example %(number)d is too long: at most %(shown)d responses, and %(limit)d characters "
            "a text."
        )
        return sentence % {"number": number, "shown": MOST_SHOWN, "limit": EXAMPLE_LIMIT}
    return ""


def acknowledge(*, user: User, guideline: Guideline, seconds_open: int = 0) -> Acknowledgement:
    """Notes that the user has read this version. Idempotent."""
    acknowledgement, _created = Acknowledgement.objects.get_or_create(
        user=user,
        guideline=guideline,
        defaults={"seconds_open": max(0, min(seconds_open, 24 * 3600))},
    )
    return acknowledgement
