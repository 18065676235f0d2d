"""What is left of a project, how fast it goes, and what needs a person now."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, Subquery, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from labeling import stats
from labeling.lead.disagreements import split_tasks
from labeling.lead.overview.waits import places_without_raters
from labeling.lead.reports import is_reported, reported_tasks
from labeling.models import (
    Assignment,
    Deletion,
    ImportUndo,
    Job,
    Judgment,
    OpenPlace,
    Release,
    SetAside,
    Task,
    TextErasing,
)
from labeling.releases.selectors import releases_of
from labeling.vocabulary import AssignmentState, JobState, Purpose, Strategy
from labeling.work.registry import job_models
from projects.models import Membership, Project, Role

#: Jobs whose failure no lead can clear: its row says why, or an operator sees it.
WITHOUT_NEEDS: set[type[Job]] = {Deletion, ImportUndo, TextErasing}
#: Over how many full days the pace is averaged at most, and at least.
PACE_DAYS, LEAST_DAYS = 7, 3
#: So many judgments since a release are counted.
MOST_NEWER = 10_000
_MOST_REACH = 10.0  # Twenty thousand times as long: beyond it no number says more.


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """Counts of a project's live tasks; a judgment of them is wanted `overlap` times each.

    Those that are excluded are `submitted` as long as their place is not opened again. Of later
    turns of conversations no more are `wanted` than somebody may yet give: `unclaimed` places wait
    for nobody, since no further rater chose the reply that they follow.
    """

    tasks: int
    complete: int
    wanted: int
    submitted: int
    leased: int
    judgments: int
    raters: int
    unclaimed: int = 0

    @property
    def left(self) -> int:
        """Judgments still to be given, those under way included."""
        return max(0, self.wanted - self.submitted)

    @property
    def percent(self) -> int:
        """The share of wanted judgments that are there, 0 to 100; 100 only when all are."""
        if self.wanted == 0:
            return 0
        return 100 if self.left == 0 else min(99, 100 * self.submitted // self.wanted)


@dataclass(frozen=True, slots=True)
class DayCount:
    """Judgments submitted on one day (UTC)."""

    day: date
    count: int


def project_progress(project: Project) -> ProjectCounts:
    """What is there and what is left, in three queries whatever the size of the project;
    a fourth where it has later turns of conversations."""
    live = Task.objects.in_play().filter(project=project, purpose=Purpose.LIVE)
    live = live.filter(overlap__isnull=False)
    totals = live.aggregate(
        tasks=Count("id"),
        wanted=Sum("overlap"),
        places=Sum("open_slots"),
        without_place=Count("id", filter=Q(open_slots=0)),
        later_turns=Count("id", filter=Q(follows__isnull=False)),
        opened_again=Max(_opened_again(project)),
    )
    leases = Assignment.objects.filter(
        project=project, purpose=Purpose.LIVE, state=AssignmentState.LEASED
    )
    # Few tasks are on a screen, and hundreds of thousands are not.
    last = Q(task__overlap__isnull=False, task__open_slots=0)
    held = leases.aggregate(n=Count("id"), last=Count("task", filter=last, distinct=True))
    unclaimed = places_without_raters(project) if totals["later_turns"] else 0
    wanted = (totals["wanted"] or 0) - unclaimed - (totals["opened_again"] or 0)
    counting = Judgment.objects.filter(project=project).counting().order_by()
    judged = counting.aggregate(n=Count("id"), raters=Count("rater", distinct=True))
    return ProjectCounts(
        tasks=totals["tasks"],
        complete=totals["without_place"] - held["last"],
        wanted=wanted,
        submitted=max(0, wanted + unclaimed - (totals["places"] or 0) - held["n"]),
        leased=held["n"],
        judgments=judged["n"],
        raters=judged["raters"],
        unclaimed=unclaimed,
    )


def _opened_again(project: Project) -> Subquery:
    """How many places were opened in the stead of judgments that are excluded: no more judgments
    are wanted for them."""
    places = OpenPlace.objects.filter(
        exclusion__project=project,
        exclusion__lifted_at=None,
        task__withdrawn_at=None,
        task__purpose=Purpose.LIVE,
    )
    counted = places.order_by().values("exclusion__project").annotate(n=Count("pk")).values("n")
    return Subquery(counted)


def throughput(project: Project, *, now: datetime, days: int = 28) -> list[DayCount]:
    """Judgments that count per day (UTC), oldest first, days without any as 0, imports left out."""
    first = (now - timedelta(days=days - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = (
        Judgment.objects.filter(project=project, created_at__gte=first)
        .counting()
        .exclude(strategy=Strategy.IMPORTED)
        .annotate(day=TruncDate("created_at"))
        .values("day")
        .annotate(n=Count("id"))
        .values_list("day", "n")
    )
    counts = dict(rows)
    dates = [(first + timedelta(days=i)).date() for i in range(days)]
    return [DayCount(day, counts.get(day, 0)) for day in dates]


def days_left(progress: ProjectCounts, history: Sequence[DayCount]) -> stats.Figure | None:
    """How many more days the rest takes at the pace of the last full days; None with nothing left.

    A day counts from the first on which anybody judged: a project that began an hour ago has no
    pace. The interval is that of the mean count a day, on the log scale, by Student's t over the
    days; counts scatter at least as much as random arrivals do.
    """
    if progress.left == 0:
        return None
    days = [day.count for day in history]
    first = next((place for place, n in enumerate(days) if n), len(days))
    full = days[:-1][first:][-PACE_DAYS:]
    n = len(full)
    convention = _("days to go at the mean pace of the last full days; n counts these")
    if n < LEAST_DAYS:
        reason = _("Too early for a forecast: it needs %(days)d full days of work.")
        return stats.Figure(None, None, None, n, convention, reason % {"days": LEAST_DAYS})
    total = sum(full)
    if not total:
        reason = _("No forecast: nothing was judged in the last full days.")
        return stats.Figure(None, None, None, n, convention, reason)
    mean = total / n
    scatter = max(statistics.variance(full), mean)
    reach = float(stats.t_quantile(n - 1, stats.CONFIDENCE)) * math.sqrt(scatter / n) / mean
    value, factor = progress.left / mean, math.exp(min(reach, _MOST_REACH))
    convention += "; " + _("95% interval of the pace over days, Student's t on the log scale")
    return stats.Figure(value, value / factor, value * factor, n, convention)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The newest release that is ready, None before the first, and what was judged since.

    `newer` are judgments that count, MOST_NEWER at most: no number beyond it says more.
    """

    release: Release | None
    newer: int


def dataset_at_hand(project: Project) -> Dataset:
    """What an engineer takes from this project, and whether there is more by now."""
    release = releases_of(project).filter(state=JobState.DONE).first()
    judgments = Judgment.objects.filter(project=project, pk__gt=release.cutoff if release else 0)
    return Dataset(release, judgments.counting().order_by()[:MOST_NEWER].count())


def disagreements(project: Project) -> int:
    """Live tasks on which one rater prefers one response and another the other."""
    return split_tasks(project, live=True).count()


def contested_tasks(project: Project) -> dict[str, int]:
    """How many tasks raters report or disagree on: these read every judgment.

    `reported` are the tasks that wait for a person, for whichever of the three reasons after it.
    """
    reported = reported_tasks(project)
    tasks = Task.objects.filter(project=project).filter(is_reported(project))
    return {
        "reported": tasks.count(),
        **{reason: ids.distinct().count() for reason, ids in reported.items()},
        "disagreements": disagreements(project),
    }


def newest_failures(project: Project) -> list[Job]:
    """The newest job of each kind where it failed: an older failure was followed by something else.

    What a lead has set aside is left out.
    """
    tables = (table for table in job_models() if table not in WITHOUT_NEEDS)
    newest = (
        table._default_manager.filter(project=project).order_by("-pk").first() for table in tables
    )
    failures = [job for job in newest if job is not None and job.state == JobState.FAILED]
    if not failures:
        return []
    seen = dict(SetAside.objects.filter(project=project).values_list("kind", "upto"))
    return [job for job in failures if job.pk > seen.get(failure_kind(job), 0)]


def failure_kind(job: Job) -> str:
    """The kind of need that a failed job of its table is."""
    return f"failed_{job._meta.model_name}s"


def has_raters(project: Project) -> bool:
    """Whether any member is a rater."""
    return project.memberships.filter(role=Role.RATER).exists()


def lacks_raters(project: Project) -> bool:
    """Whether nobody is there to rate, and nobody else has judged either."""
    return not has_raters(project) and not Judgment.objects.filter(project=project).exists()


@dataclass(frozen=True, slots=True)
class OwnProgress:
    """A rater's own share: judgments given, the limit if there is one, an open lease if any."""

    judgments: int
    today: int
    skipped: int
    limit: int | None
    has_open: bool

    @property
    def percent(self) -> int:
        """The judgments as a share of the limit, 0 to 100; 0 without a limit."""
        return min(100, 100 * self.judgments // self.limit) if self.limit else 0


def own_progress(membership: Membership, *, now: datetime) -> OwnProgress:
    """What this member has done here so far; today is a day of the member's own time zone."""
    project, rater = membership.project, membership.user
    midnight = now.astimezone(rater.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    judged = (
        Judgment.objects.filter(project=project, rater=rater)
        .standing()
        .at_work()
        .aggregate(all=Count("id"), today=Count("id", filter=Q(created_at__gte=midnight)))
    )
    states = Assignment.objects.filter(project=project, rater=rater).aggregate(
        skipped=Count("id", filter=Q(state=AssignmentState.SKIPPED)),
        open=Count("id", filter=Q(state=AssignmentState.LEASED, lease_expires_at__gt=now)),
    )
    limit = membership.rater_limit or project.rater_limit
    return OwnProgress(
        judgments=judged["all"],
        today=judged["today"],
        skipped=states["skipped"],
        limit=limit,
        has_open=states["open"] > 0,
    )
