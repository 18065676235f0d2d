"""Guideline versions: published once, never changed, acknowledged by raters."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import record
from projects.exceptions import InvalidInput
from projects.models import Acknowledgement, Guideline, Principle, Project, User
from projects.project_templates import GuidelineSpec
from projects.publications import make_ready

TEXT_LIMIT = 100_000
#: Principles of one version; more could not be told apart by who cites them.
MOST_PRINCIPLES = 60


@transaction.atomic
def publish_guideline(*, project: Project, published_by: User, spec: GuidelineSpec) -> Guideline:
    """Publishes the next version; raters acknowledge it before their next task.

    Whoever publishes has read it. Raises InvalidInput for an empty or a too long text, and for too
    many principles.
    """
    _check(spec)
    # The project row is the lock: two versions published at once get two numbers.
    Project.objects.select_for_update().get(pk=project.pk)
    newest = Guideline.objects.filter(project=project).order_by("-number").first()
    guideline = Guideline.objects.create(
        project=project,
        number=newest.number + 1 if newest else 1,
        text=spec.text.replace("\r\n", "\n").strip() + "\n",
        priority_order=spec.priority_order.strip(),
        trade_off_rule=spec.trade_off_rule.strip(),
        change_note=spec.change_note.strip(),
        published_by=published_by,
    )
    Principle.objects.bulk_create(
        Principle(
            guideline=guideline,
            number=number,
            title=principle.title.strip(),
            text=principle.text.strip(),
            training_form=principle.training_form.strip(),
        )
        for number, principle in enumerate(spec.principles, start=1)
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


def acknowledge(*, user: User, guideline: Guideline, seconds_open: int = 0) -> Acknowledgement:
    """Notes that the user has read this version. Idempotent."""
    acknowledgement, _created = Acknowledgement.objects.get_or_create(
        user=user,
        guideline=guideline,
        defaults={"seconds_open": max(0, min(seconds_open, 24 * 3600))},
    )
    return acknowledgement
