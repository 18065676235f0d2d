"""What an operator should see to, a sentence each; the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.checks import run_checks
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.models import Heartbeat
from labeling.operations.selectors import Overview
from labeling.vocabulary import JobState
from labeling.work.folder import OtherFolder, check_folder
from labeling.work.heartbeats import live
from projects.services.notices import operator_notices
from projects.sql import database_now

_BACKUP_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OperatorWarning:
    """Something to see to, and whether it stops people now."""

    sentence: str
    is_bad: bool = False


def warnings_of(overview: Overview) -> list[OperatorWarning]:
    """Everything that is wrong or soon will be."""
    warnings = [
        *_of_processes(),
        *_of_room(overview),
        *_of_set_up(overview),
        *_of_jobs(overview),
        *_of_backups(overview),
        *map(OperatorWarning, operator_notices()),
    ]
    return sorted(warnings, key=lambda warning: not warning.is_bad)


def _of_processes() -> list[OperatorWarning]:
    sentences = {
        Heartbeat.Kind.WORKER: _(
            "No worker gives a sign of life: imports, releases and mails wait. Start one, or look "
            "at its log."
        ),
        Heartbeat.Kind.BEAT: _(
            "Beat gives no sign of life: lost jobs and old leases are not swept. Start it."
        ),
    }
    silent = [
        OperatorWarning(words, is_bad=True) for kind, words in sentences.items() if not live(kind)
    ]
    if silent or live(Heartbeat.Kind.SWEEP):
        return silent
    sentence = _(
        "Sweeps are not done though beat and workers are there: look at the broker and the "
        "workers' log."
    )
    return [OperatorWarning(sentence, is_bad=True)]


def _of_room(overview: Overview) -> list[OperatorWarning]:
    if not overview.disk.is_low:
        return []
    sentence = _(
        "Only %(free)s are free under %(folder)s. Make room before imports, releases and the "
        "database stop."
    )
    values = {"free": filesizeformat(overview.disk.free), "folder": overview.disk.folder}
    return [OperatorWarning(sentence % values, is_bad=True)]


def _of_set_up(overview: Overview) -> list[OperatorWarning]:
    warnings = []
    try:
        check_folder()
    except OtherFolder as error:
        warnings.append(OperatorWarning(str(error), is_bad=True))
    if overview.schema.missing:
        sentence = ngettext(
            "%(n)d migration is missing: run “manage migrate”.",
            "%(n)d migrations are missing: run “manage migrate”.",
            overview.schema.missing,
        )
        warnings.append(OperatorWarning(sentence % {"n": overview.schema.missing}, is_bad=True))
    if overview.schema.unknown:
        warnings.append(
            OperatorWarning(
                _("The database was migrated by a newer Concord than this one."), is_bad=True
            )
        )
    if settings.PRODUCTION:
        checks = run_checks(include_deployment_checks=True, tags=["security", "database"])
        warnings += [
            OperatorWarning(f"{check.msg} {check.hint or ''} ({check.id})")
            for check in checks
            if not check.is_silenced()
        ]
    return warnings


def _of_jobs(overview: Overview) -> list[OperatorWarning]:
    warnings = []
    still = sum(row.standstill is not None for row in overview.jobs)
    if still:
        sentence = ngettext(
            "%(n)d job gets no further; it is given up in a while, or cancel it below.",
            "%(n)d jobs get no further; they are given up in a while, or cancel them below.",
            still,
        )
        warnings.append(OperatorWarning(sentence % {"n": still}))
    failed = sum(row.job.state == JobState.FAILED for row in overview.jobs)
    if failed:
        sentence = ngettext(
            "%(n)d job failed within the last seven days; the list below says why.",
            "%(n)d jobs failed within the last seven days; the list below says why.",
            failed,
        )
        warnings.append(OperatorWarning(sentence % {"n": failed}))
    return warnings


def _of_backups(overview: Overview) -> list[OperatorWarning]:
    if not settings.PRODUCTION:
        return []
    if overview.backup_at is None:
        return [
            OperatorWarning(_("There was no backup yet: run “manage backup DIR”, best every day."))
        ]
    days = (database_now() - overview.backup_at).days
    if days < _BACKUP_EVERY.days:
        return []
    sentence = ngettext(
        "The last backup is %(n)d day old: run “manage backup DIR”, best every day.",
        "The last backup is %(n)d days old: run “manage backup DIR”, best every day.",
        days,
    )
    return [OperatorWarning(sentence % {"n": days})]
