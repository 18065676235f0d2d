"""Four simulated raters with tempers of their own (pure and seeded: no Django, no global random).

A rater sees the latent advantage of one response over the other through noise that grows with
the item's difficulty, adds the temper (a taste for length, a lean to the left), and answers. What
a rater says about an item depends on nothing but the two, so that every seeding tells the same.
Which items a rater meets is decided by the real allocation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import NormalDist

from labeling.allocation import seeded_number
from labeling.demo.content import DemoItem, Note
from labeling.vocabulary import Flag, SkipReason, TieKind

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Temper:
    """How one rater judges and works.

    `noise` is the standard deviation on the latent scale at difficulty 1; `tie_below` the size
    of advantage that is still called a tie; `length` the advantage given for doubling the length;
    `left` the advantage of standing on the left; `bad` and `unsure` the chances to call two bad
    answers bad and to say that one cannot tell; `thorough` the chance to answer the question
    that may be left out; `talk` the weight when reasons are handed out;
    `words_a_minute` the reading speed; `weekdays` (0 is Monday) and `starts` when there is a
    session; `total` the number of tasks in all sessions together.
    """

    email: str
    noise: float
    tie_below: float
    bad: float
    unsure: float
    thorough: float
    talk: int
    words_a_minute: int
    weekdays: tuple[int, ...]
    starts: time
    total: int
    length: float = 0.0
    left: float = 0.0


TEMPERS: tuple[Temper, ...] = (
    Temper(  # careful: slow, little noise, writes reasons
        email="vera@example.com",
        noise=0.4,
        tie_below=0.25,
        bad=0.95,
        unsure=0.16,
        thorough=0.95,
        talk=4,
        words_a_minute=190,
        weekdays=(0, 1, 2, 3),
        starts=time(9, 20),
        total=44,
    ),
    Temper(  # a mild taste for length
        email="rui@example.com",
        noise=0.6,
        tie_below=0.2,
        length=0.4,
        bad=0.8,
        unsure=0.05,
        thorough=0.8,
        talk=3,
        words_a_minute=240,
        weekdays=(0, 2, 3, 4),
        starts=time(10, 5),
        total=45,
    ),
    Temper(  # quick: noisy, says little, leans to the left
        email="sam@example.com",
        noise=0.95,
        tie_below=0.15,
        length=0.1,
        left=0.2,
        bad=0.65,
        unsure=0.03,
        thorough=0.4,
        talk=1,
        words_a_minute=430,
        weekdays=(1, 3, 4),
        starts=time(13, 30),
        total=46,
    ),
    Temper(  # likes ties
        email="tao@example.com",
        noise=0.6,
        tie_below=1.0,
        bad=0.8,
        unsure=0.2,
        thorough=0.7,
        talk=2,
        words_a_minute=230,
        weekdays=(0, 1, 2, 4),
        starts=time(15, 10),
        total=28,
    ),
)

#: Under the first guideline, which says little about limits and bad answers, people differ more.
FIRST_VERSION_NOISE = 1.4
FIRST_VERSION_BAD = 0.6

#: Tasks that a rater gives back, and what they write: never without a reason.
SKIPS: dict[tuple[str, str], tuple[SkipReason, str]] = {
    ("rui@example.com", "writ-11"): (SkipReason.NOT_MY_EXPERTISE, "I cannot read Arabic."),
    ("sam@example.com", "writ-07"): (SkipReason.OTHER, "Too long for the end of my break, sorry."),
    ("tao@example.com", "math-05"): (SkipReason.NOT_MY_EXPERTISE, "Proofs are not my thing."),
    ("tao@example.com", "code-02"): (SkipReason.NOT_MY_EXPERTISE, "I do not know SQL."),
    ("sam@example.com", "code-02"): (SkipReason.NOT_MY_EXPERTISE, ""),
    ("vera@example.com", "code-11"): (SkipReason.NOT_MY_EXPERTISE, "I do not know JavaScript."),
}

#: What careful raters point out beside the comparison.
FLAGS: dict[tuple[str, str], Flag] = {
    ("vera@example.com", "advi-01"): Flag.UNSAFE,
    ("vera@example.com", "advi-06"): Flag.UNSAFE,
    ("rui@example.com", "advi-06"): Flag.UNSAFE,
    ("rui@example.com", "advi-10"): Flag.UNSAFE,
    ("tao@example.com", "plan-08"): Flag.UNSAFE,
    ("tao@example.com", "writ-11"): Flag.WRONG_LANGUAGE,
    ("vera@example.com", "writ-11"): Flag.WRONG_LANGUAGE,
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a rater says about an item.

    `advantage` is of the item's second response over its first on the latent scale, 0 exactly for
    a tie; `tie_kind` says which tie. `accuracy` and `accuracy_tie` are the same for the truth of
    the two alone, None where the rater left that question out. Times are milliseconds.
    """

    advantage: float
    tie_kind: str
    accuracy: float | None
    accuracy_tie: str
    rationale: str
    principles: tuple[int, ...]
    flags: tuple[str, ...]
    active_ms: int
    idle_ms: int


def opinion(
    temper: Temper,
    item: DemoItem,
    *,
    second_on_left: bool,
    first_version: bool,
    principles: frozenset[int],
) -> Opinion:
    """This rater's judgment of the item as it stands on their screen.

    `principles` are those of the guideline version in force, `first_version` says that it is the
    first one.
    """
    if first_version:
        temper = replace(
            temper, noise=temper.noise * FIRST_VERSION_NOISE, bad=temper.bad * FIRST_VERSION_BAD
        )
    advantage, tie_kind = _preference(temper, item, second_on_left)
    note = _note(temper, item, advantage, tie_kind)
    accuracy, accuracy_tie = _accuracy(temper, item, tie_kind)
    cited = tuple(n for n in _cited(temper, item, advantage, note) if n in principles)
    flag = FLAGS.get((temper.email, item.id))
    active_ms, idle_ms = _times(temper, item, note)
    return Opinion(
        advantage=advantage,
        tie_kind=tie_kind,
        accuracy=accuracy,
        accuracy_tie=accuracy_tie,
        rationale=note.text if note else "",
        principles=cited,
        flags=(flag.value,) if flag else (),
        active_ms=active_ms,
        idle_ms=idle_ms,
    )


def scale_value(advantage: float, strongest: int) -> int:
    """A latent advantage as a value on a scale: never 0 unless the advantage is."""
    if not advantage:
        return 0
    strength = min(strongest, max(1, math.ceil(abs(advantage) / 2.8 * strongest)))
    return strength if advantage > 0 else -strength


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting of a rater: when it starts and how many tasks are judged in it."""

    email: str
    starts_at: datetime
    size: int


def sessions(now: datetime, days: int = 12) -> list[Session]:
    """All sittings of the last `days` days, on weekdays, in order of time; today has none."""
    dates = [(now - timedelta(days=ago)).date() for ago in range(days, 0, -1)]
    sittings = [session for temper in TEMPERS for session in _sessions(temper, dates, now.tzinfo)]
    return sorted(sittings, key=lambda session: session.starts_at)


def _sessions(temper: Temper, dates: list[date], zone: tzinfo | None) -> Iterator[Session]:
    """One rater's sittings: about equally long, together exactly the rater's total."""
    dates = [day for day in dates if day.weekday() in temper.weekdays]
    left = temper.total
    for place, day in enumerate(dates):
        share = left / (len(dates) - place)
        last = place == len(dates) - 1
        size = left if last else round(share * (0.7 + 0.6 * draw(temper.email, day, "size")))
        left -= size
        late = timedelta(minutes=40 * draw(temper.email, day, "start"))
        yield Session(temper.email, datetime.combine(day, temper.starts, zone) + late, size)


def pause(temper: Temper, item_id: str) -> timedelta:
    """The seconds between one submission and the next task being opened."""
    return timedelta(seconds=1 + 20 * draw(temper.email, item_id, "pause") ** 4)


def is_hasty(temper: Temper, item: DemoItem) -> bool:
    """Whether this rater first presses the wrong key here and takes it back."""
    return draw(temper.email, item.id, "hasty") < 0.015


def _preference(temper: Temper, item: DemoItem, second_on_left: bool) -> tuple[float, str]:
    if item.both_bad and draw(temper.email, item.id, "bad") < temper.bad:
        return 0.0, TieKind.EQUAL_BAD.value
    if draw(temper.email, item.id, "unsure") < temper.unsure * item.difficulty:
        return 0.0, TieKind.CANNOT_TELL.value
    first, second = (max(1, len(response.content)) for response in item.responses)
    advantage = item.quality + temper.noise * (0.3 + item.difficulty) * normal_draw(
        temper.email, item.id
    )
    advantage += temper.length * math.log2(second / first) * item.difficulty
    advantage += temper.left if second_on_left else -temper.left
    if abs(advantage) < temper.tie_below:
        return 0.0, TieKind.EQUAL_GOOD.value
    return advantage, ""


def _accuracy(temper: Temper, item: DemoItem, tie_kind: str) -> tuple[float | None, str]:
    """How much truer the second response is; most pairs differ in something else.

    Two bad answers are both wrong where truth is what they lack; else nobody asks what is truer.
    """
    about_truth = any(1 in note.principles for note in item.notes)
    if tie_kind == TieKind.EQUAL_BAD and about_truth:
        return 0.0, TieKind.EQUAL_BAD.value
    escapes = (TieKind.EQUAL_BAD, TieKind.CANNOT_TELL)
    if tie_kind in escapes or draw(temper.email, item.id, "answers accuracy") > temper.thorough:
        return None, ""
    if draw(temper.email, item.id, "unsure of accuracy") < temper.unsure * item.difficulty / 2:
        return 0.0, TieKind.CANNOT_TELL.value
    noise = temper.noise * (0.2 + item.difficulty) * normal_draw(temper.email, item.id, "accuracy")
    advantage = (item.quality if about_truth else 0.0) + 0.7 * noise
    return (advantage, "") if abs(advantage) >= 0.5 else (0.0, TieKind.EQUAL_GOOD.value)


def _note(temper: Temper, item: DemoItem, advantage: float, tie_kind: str) -> Note | None:
    """A reason of the item that fits the answer and that nobody else will write."""
    if tie_kind == TieKind.CANNOT_TELL:
        return None
    side = (advantage > 0) - (advantage < 0)
    for place, note in enumerate(item.notes):
        if note.favours == side and reason_owner(item.id, place) == temper.email:
            return note
    return None


def reason_owner(item_id: str, place: int) -> str:
    """The one rater who may write this reason, the talkative more often than the others."""
    number = seeded_number("demo", item_id, place, "owner") % (3 + sum(t.talk for t in TEMPERS))
    for temper in TEMPERS:
        if number < temper.talk:
            return temper.email
        number -= temper.talk
    return ""  # nobody wrote it


def _cited(temper: Temper, item: DemoItem, advantage: float, note: Note | None) -> tuple[int, ...]:
    if note is not None:
        return note.principles
    if draw(temper.email, item.id, "cite") > 0.15:
        return ()
    side = (advantage > 0) - (advantage < 0)
    return next((note.principles[:1] for note in item.notes if note.favours == side), ())


def _times(temper: Temper, item: DemoItem, note: Note | None) -> tuple[int, int]:
    """Reading, deciding and writing; now and then somebody is called away."""
    texts = [message["content"] for message in item.messages]
    texts += [response.content for response in item.responses]
    reading = 60 * sum(len(text.split()) for text in texts) / temper.words_a_minute
    deciding = 4 + 14 * item.difficulty * math.exp(0.4 * normal_draw(temper.email, item.id, "time"))
    writing = len(note.text.split()) / 0.6 if note else 0
    away = draw(temper.email, item.id, "away")
    idle = 40 + 600 * draw(temper.email, item.id, "idle") if away < 0.07 else 0
    return round(1000 * (reading + deciding + writing)), round(1000 * idle)


def draw(*parts: object) -> float:
    """Between 0 and 1, exclusive; the same for the same parts."""
    return (seeded_number("demo", *parts, bits=32) + 0.5) / 2**32


def normal_draw(*parts: object) -> float:
    """From the standard normal distribution; the same for the same parts."""
    return _NORMAL.inv_cdf(draw("normal", *parts))
