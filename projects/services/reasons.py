"""The reasons of a project: written as one list, in the order in which raters get them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import record
from projects.exceptions import InvalidInput
from projects.models import Project, Reason, User

#: Reasons that raters choose from: more are read by nobody.
MOST_REASONS = 20
#: Reasons that a project keeps, those retired among them.
MOST_KEPT_REASONS = 200


@dataclass(frozen=True, slots=True)
class ReasonSpec:
    """One reason as a lead writes it."""

    code: str
    label: str
    needs_words: bool = False


def offered_reasons(project: Project) -> list[Reason]:
    """What raters may pick now, in order."""
    return list(Reason.objects.filter(project=project, retired_at=None))


@transaction.atomic
def set_reasons(*, project: Project, actor: User, reasons: Sequence[ReasonSpec]) -> list[Reason]:
    """Makes these the reasons that are offered, in this order.

    A code that is not among them is retired, one that was retired is offered again. Raises
    InvalidInput naming the fields at fault (`reasons.0.label`).
    """
    Project.objects.select_for_update().get(pk=project.pk)
    _check(reasons)
    kept = {reason.code: reason for reason in Reason.objects.filter(project=project)}
    before = [_said(r) for r in kept.values() if r.retired_at is None]
    new = [spec for spec in reasons if spec.code not in kept]
    if len(kept) + len(new) > MOST_KEPT_REASONS:
        sentence = _("A project keeps at most %(limit)d reasons, those retired among them.")
        words = sentence % {"limit": MOST_KEPT_REASONS}
        raise InvalidInput(words, fields={"reasons": words})
    for position, spec in enumerate(reasons):
        reason = kept.pop(spec.code, None) or Reason(project=project, code=spec.code)
        reason.label, reason.needs_words = spec.label.strip(), spec.needs_words
        reason.position, reason.retired_at = position, None
        _clean(reason, f"reasons.{position}.")
        if reason.pk:
            reason.save(update_fields=["label", "needs_words", "position", "retired_at"])
        else:
            reason.save(force_insert=True)
    gone = [reason.pk for reason in kept.values() if reason.retired_at is None]
    Reason.objects.filter(pk__in=gone).update(retired_at=timezone.now())
    offered = offered_reasons(project)
    if (after := [_said(reason) for reason in offered]) != before:
        verb = gettext_noop("reasons changed")
        record(project=project, actor=actor, verb=verb, reasons=", ".join(after))
    return offered


def _said(reason: Reason) -> str:
    return f"{reason.code}: {reason.label}" + (" (+)" if reason.needs_words else "")


def _check(reasons: Sequence[ReasonSpec]) -> None:
    if len(reasons) > MOST_REASONS:
        words = _("At most %(limit)d reasons: nobody reads more.") % {"limit": MOST_REASONS}
        raise InvalidInput(words, fields={"reasons": words})
    codes: set[str] = set()
    for position, spec in enumerate(reasons):
        if spec.code in codes:
            sentence = _("Two reasons have this code: give each its own.")
            raise InvalidInput(sentence, fields={f"reasons.{position}.code": sentence})
        codes.add(spec.code)


def _clean(reason: Reason, prefix: str) -> None:
    try:
        reason.full_clean(exclude=["project"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        fields = {
            f"{prefix}{field}": " ".join(messages) for field, messages in error.message_dict.items()
        }
        raise InvalidInput(_("A reason does not fit."), fields=fields) from None
