"""What figures rest on: the state of a project's judgments."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Count, Max

from labeling.models import Judgment
from labeling.models.exclusions import NOTHING_EXCLUDED, ExcludedSum, what_is_aside
from projects.models import Project

#: From so many judgments on a count is remembered for some seconds.
MANY_JUDGMENTS = 200_000
_REMEMBERED = 5.0


class Counted:
    """What this process counted last, by project, and until when it is believed."""

    lock = threading.Lock()
    states: ClassVar[dict[int, tuple[float, JudgmentState]]] = {}


@dataclass(frozen=True, slots=True)
class JudgmentState:
    """The newest judgment that stands and how many do, those that are excluded apart.

    The count tells a judgment that became visible after a newer one, and one taken back;
    `out_of_play` is a mark of which tasks are withdrawn, empty where none is, and `excluded_sum`
    tells what a lead has excluded.
    """

    newest: int
    count: int
    out_of_play: str = ""
    excluded_sum: ExcludedSum = NOTHING_EXCLUDED

    @property
    def aside(self) -> str:
        """A mark of what is withdrawn and excluded, empty where nothing is."""
        return "+".join(mark for mark in (self.out_of_play, self.excluded_sum.mark) if mark)

    @property
    def mark(self) -> str:
        """All of it as a part of a fingerprint."""
        parts = [str(self.newest), str(self.count), self.aside]
        return "/".join(parts if self.aside else parts[:2])


def judgment_state(project: Project) -> JudgmentState:
    """The state of all judgments of a project, of every purpose and source."""
    standing = Judgment.objects.filter(project=project).standing()
    state = standing.aggregate(newest=Max("pk"), count=Count("pk"))
    aside = what_is_aside(project)
    count = max(0, state["count"] - aside.excluded_sum.judgments)
    return JudgmentState(state["newest"] or 0, count, aside.out_of_play, aside.excluded_sum)


def forget_state(project: Project) -> None:
    """Has this process count anew: what counts was changed by an act."""
    with Counted.lock:
        Counted.states.pop(project.pk, None)


def recent_judgment_state(project: Project) -> JudgmentState:
    """The same for a request: of a large project as it was up to some seconds ago.

    A million index entries take the database a tenth of a second; eight people who look at once
    would keep it from those who rate. Threads of a process wait for one count.
    """
    known = Counted.states.get(project.pk)
    if known is None or known[0] < time.monotonic():
        is_alone = Counted.lock.acquire(timeout=_REMEMBERED)
        try:
            known = Counted.states.get(project.pk)
            if known is None or known[0] < time.monotonic():
                known = time.monotonic() + _REMEMBERED, judgment_state(project)
                if known[1].count >= MANY_JUDGMENTS:
                    Counted.states[project.pk] = known
                else:
                    Counted.states.pop(project.pk, None)
        finally:
            if is_alone:
                Counted.lock.release()
    return known[1]
