"""The filter of the list of tasks, as addresses and forms carry it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from labeling.allocation import OVERLAPS, PRIORITIES
from labeling.lead.tasks.filters import Play, TaskFilter, TaskState, filter_fields
from labeling.models.choices import choices
from labeling.vocabulary import TASK_PURPOSES
from projects.access import Access, SignedInRequest
from projects.permissions import Action

STATES = (
    (TaskState.UNTOUCHED, gettext_lazy("Not judged yet")),
    (TaskState.UNDER_WAY, gettext_lazy("Under way")),
    (TaskState.COMPLETE, gettext_lazy("Complete")),
    (TaskState.SPLIT, gettext_lazy("Raters disagree")),
    (TaskState.FLAGGED, gettext_lazy("Flagged")),
    (TaskState.SKIPPED, gettext_lazy("Skipped by somebody")),
    (TaskState.BROKEN, gettext_lazy("Reported as broken")),
    (TaskState.REPORTED, gettext_lazy("Reports to settle")),
    (TaskState.NOT_BLIND, gettext_lazy("Names its model")),
)
PURPOSES = choices(TASK_PURPOSES)
PLAYS = (
    (Play.WITHDRAWN, gettext_lazy("Withdrawn")),
    (Play.ANY, gettext_lazy("All")),
)


class PlanForm(forms.Form):
    """How many raters tasks are to have and how soon they come; empty leaves it as it is."""

    overlap = forms.IntegerField(
        label=gettext_lazy("Raters per task"),
        required=False,
        min_value=OVERLAPS[0],
        max_value=OVERLAPS[-1],
        help_text=gettext_lazy("Never fewer than have judged a task or have it now."),
    )
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        required=False,
        min_value=PRIORITIES[0],
        max_value=PRIORITIES[-1],
        help_text=gettext_lazy("Higher comes sooner: from -100 to 100, 0 unless told."),
    )

    @property
    def sentence(self) -> str:
        """What is wrong, for a page that is shown anew."""
        return " ".join(
            f"{self.fields[name].label}: {' '.join(map(str, errors))}"
            for name, errors in self.errors.items()
        )


class ManyPlanForm(PlanForm):
    """The same for what a filter selects, whose reports may be settled too."""

    settles = forms.BooleanField(label=gettext_lazy("Settle reports"), required=False)


def task_filter(query: Mapping[str, str], access: Access) -> TaskFilter:
    """The filter of an address or a form; a value nobody knows counts as none."""
    state, purpose, play = (str(query.get(name, "")) for name in ("state", "purpose", "withdrawn"))
    return TaskFilter(
        state=state if state in {key for key, _label in STATES} else "",
        purpose=purpose if purpose in {key for key, _label in PURPOSES} else "",
        category=str(query.get("category", ""))[:80],
        search=str(query.get("q", "")).strip()[:200],
        reader=access.user if access.may(Action.RATE) else None,
        play=play if play in {key for key, _label in PLAYS} else "",
        conversation=str(query.get("conversation", "")).strip()[:200],
        import_id=id_in_address(str(query.get("import", ""))),
    )


def filter_query(wanted: TaskFilter) -> str:
    """The filter as the beginning of a query string, for links to other pages of the table."""
    kept = urlencode(filter_fields(wanted))
    return f"{kept}&" if kept else ""


def list_place(query: Mapping[str, str], access: Access) -> str:
    """Where in the list somebody is, as a query string, so that a task's page leads back there."""
    places = {name: id_in_address(str(query.get(name, ""))) for name in ("page", "from")}
    fields = filter_fields(task_filter(query, access))
    kept = urlencode({**fields, **{name: place for name, place in places.items() if place}})
    return f"?{kept}" if kept else ""


def task_address(request: SignedInRequest, access: Access, pk: int) -> str:
    """The page of a task, which still knows from where in the list one came."""
    address = reverse("labeling:task", args=[access.project.slug, pk])
    return f"{address}{list_place(request.GET, access)}"


def id_in_address(text: str) -> int:
    """The number of an address, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
