"""The log of who changed what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models import AuditEvent, Project, User

#: Characters of one value on the log's page; the API has the whole.
_SHOWN = 160
#: What a setting of a project is called in the detail.
SETTING_NAMES: dict[str, Promise] = {
    "name": gettext_lazy("name"),
    "description": gettext_lazy("description"),
    "status": gettext_lazy("status"),
    "overlap": gettext_lazy("raters for each task"),
    "overlap_where_split": gettext_lazy("raters for each task where they disagree"),
    "split_beyond": gettext_lazy("how far apart answers may be"),
    "overall_pass": gettext_lazy("the primary comparison"),
    "lease_minutes": gettext_lazy("minutes a task stays reserved"),
    "edit_window_minutes": gettext_lazy("minutes in which an answer may be changed"),
    "rater_limit": gettext_lazy("most judgments of one rater"),
    "share_limit": gettext_lazy("largest share of one rater"),
    "daily_limit": gettext_lazy("most judgments of one rater a day"),
    "weekly_limit": gettext_lazy("most judgments of one rater a week"),
    "severe_hourly_limit": gettext_lazy("most severe tasks an hour"),
    "severe_daily_limit": gettext_lazy("most severe tasks in 24 hours"),
    "support_url": gettext_lazy("where raters find help"),
    "covered_texts": gettext_lazy("covered texts"),
    "break_minutes": gettext_lazy("minutes of work before a pause"),
    "severe_break_minutes": gettext_lazy("minutes of severe work before a pause"),
    "check_in_days": gettext_lazy("days between questions how raters are"),
    "allow_both_bad": gettext_lazy("“both are bad” allowed"),
    "allow_cannot_tell": gettext_lazy("“cannot tell” allowed"),
    "rationale_required": gettext_lazy("reason required"),
    "edit_winner": gettext_lazy("winner may be improved"),
    "allow_paste": gettext_lazy("pasting allowed"),
    "is_sensitive": gettext_lazy("warning of content"),
    "is_template": gettext_lazy("offered as a template"),
    "tie_policy": gettext_lazy("ties in figures"),
    "gold_rate": gettext_lazy("share of gold tasks"),
    "repeat_rate": gettext_lazy("share of repeats"),
    "anchors_per_batch": gettext_lazy("anchors in a hundred tasks"),
    "explains_gold": gettext_lazy("gold explained"),
    "asks_quiz": gettext_lazy("quiz asked"),
    "training_tasks": gettext_lazy("training tasks"),
    "qualification_tasks": gettext_lazy("qualification tasks"),
    "qualification_most": gettext_lazy("most qualification tasks of a try"),
    "qualification_bar": gettext_lazy("bar of the qualification"),
    "qualification_pass": gettext_lazy("certainty to pass"),
    "qualification_fail": gettext_lazy("certainty below which nobody passes"),
    "qualification_retry_days": gettext_lazy("days to the next try"),
    "qualification_asks_all": gettext_lazy("raters at work asked as well"),
}
#: What any name in the detail is called; the others are words as they stand.
_NAMES: dict[str, Promise] = {
    **SETTING_NAMES,
    "topic": gettext_lazy("topic"),
    "is_required": gettext_lazy("required"),
    "is_primary": gettext_lazy("primary"),
    "scale_key": gettext_lazy("scale"),
}
_VALUES: dict[str, Promise] = {
    "True": gettext_lazy("yes"),
    "False": gettext_lazy("no"),
    "None": gettext_lazy("none"),
    "": gettext_lazy("empty"),
}


def naming(person: User) -> dict[str, object]:
    """How a line of the log names somebody it is about: by the number too, which names no one."""
    return {"user": person.display_name, "user_id": person.pk}


def record(
    *, project: Project | None, actor: User | None, verb: str, **detail: object
) -> AuditEvent:
    """Adds one line to the log, in the transaction of the change it speaks of."""
    return AuditEvent.objects.create(project=project, actor=actor, verb=verb, detail=detail)


def detail_in_words(detail: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a line of the log says beside its verb: names and values as people read them.

    A list of two is a value as it was and as it became.
    """
    return [
        (str(_NAMES.get(name) or name.replace("_", " ")), _in_words(value))
        for name, value in (detail or {}).items()
        if name != "user_id"
    ]


def _in_words(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = detail_in_words(value)
        return "; ".join(f"{name} {text}" for name, text in pairs) or _("everything")
    if isinstance(value, list) and len(value) == 2:
        return _("%(old)s → %(new)s") % {"old": _in_words(value[0]), "new": _in_words(value[1])}
    if isinstance(value, list):
        return ", ".join(map(_in_words, value)) or str(_VALUES["None"])
    text = " ".join(str(value).split())
    if text in _VALUES:
        return str(_VALUES[text])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
