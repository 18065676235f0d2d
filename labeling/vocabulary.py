"""Enumerations shared by models, statistics and datasets; pure, no Django.

The values are stored and exported: adding one is fine, renaming one is a migration.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class TaskKind(StrEnum):
    """What a rater does with a task."""

    COMPARE = "compare"
    RANK = "rank"
    RATE = "rate"
    RULE = "rule"
    WRITE = "write"


#: The same as a list, by which the OpenAPI document knows it.
TASK_KINDS = tuple(TaskKind)


class TaskPart(StrEnum):
    """What a comparison in two passes asks; one that is asked at once has no part.

    AXES is the first pass, everything but the primary comparison. The second asks that one alone:
    of those who answered the first (SAME), or of everybody else (OTHERS).
    """

    AXES = "axes"
    SAME = "same"
    OTHERS = "others"


#: How a rating is asked that is the review of a text (`Task.asked_as`).
ASKED_AS_REVIEW = "review"
#: How the two passes of a comparison are asked.
ASKED_AS_AXES, ASKED_AS_OVERALL = "compare_axes", "compare_overall"


def asked_as(kind: str, part: str = "", *, is_review: bool = False) -> str:
    """What says how a task is asked (`labeling.kinds`): its kind, or what it is beside that."""
    if is_review:
        return ASKED_AS_REVIEW
    if part:
        return ASKED_AS_AXES if part == TaskPart.AXES else ASKED_AS_OVERALL
    return kind


class ReviewDecision(IntEnum):
    """What a review decides of a text."""

    REJECT = 0
    WITH_EDITS = 1
    APPROVE = 2


class Purpose(StrEnum):
    """Why a task was judged; only live judgments become data."""

    LIVE = "live"
    GOLD = "gold"
    REPEAT = "repeat"
    ANCHOR = "anchor"
    TRAINING = "training"
    QUALIFICATION = "qualification"
    ADJUDICATION = "adjudication"


#: What raters do before their first live task: it counts in no figure and is no data.
STAGES = (Purpose.TRAINING, Purpose.QUALIFICATION)
#: The same as SQL names it.
STAGES_SQL = ", ".join(f"'{stage}'" for stage in STAGES)
#: What counts in no figure of raters, in nobody's volume and against no limit: stages, and a
#: reviewer's final word, which stands beside the votes of its task.
APART = (*STAGES, Purpose.ADJUDICATION)
#: The same as SQL names it.
APART_SQL = ", ".join(f"'{purpose}'" for purpose in APART)
#: Why a rater is given a copy of a task: each may get it, so it has no bound.
CHECKS = (Purpose.GOLD, Purpose.REPEAT, Purpose.ANCHOR)


class GoldKind(StrEnum):
    """What a gold task is about: any mistake, or preferring what pleases to what is right."""

    PLAIN = "plain"
    PLEASANT_WRONG = "pleasant_wrong"


#: What a task is for: a final word is given on one of another purpose.
TASK_PURPOSES = tuple(purpose for purpose in Purpose if purpose != Purpose.ADJUDICATION)
#: The same as lists, by which the OpenAPI document knows them.
GOLD_KINDS = tuple(GoldKind)


class TieKind(StrEnum):
    """The three things a tie can be, and that nobody knows any more which of them it was."""

    EQUAL_GOOD = "equal_good"
    EQUAL_BAD = "equal_bad"
    CANNOT_TELL = "cannot_tell"
    UNSPECIFIED = "unspecified"


class Unsaid(StrEnum):
    """Why a question has an answer and no value."""

    UNSURE = "unsure"
    NOT_APPLICABLE = "not_applicable"


class Grade(StrEnum):
    """How much better, in the words that sources use; each scale says which number it is there."""

    NEGLIGIBLE = "negligible"
    SLIGHT = "slight"
    PLAIN = "plain"
    MUCH = "much"


class Source(StrEnum):
    """Who judged: people and models are never mixed in one figure."""

    HUMAN = "human"
    AI = "ai"
    HUMAN_AFTER_AI = "human_after_ai"


class AssignmentState(StrEnum):
    """Where a lease stands. LEASED and SUBMITTED hold one of the task's places."""

    LEASED = "leased"
    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    EXPIRED = "expired"


#: States that hold one of a task's places; the database trigger counts exactly these.
HOLDING_STATES = (AssignmentState.LEASED, AssignmentState.SUBMITTED)


class Strategy(StrEnum):
    """How a task was chosen for a rater."""

    UNIFORM = "uniform"
    QUEUE = "queue"
    IMPORTED = "imported"
    CHOSEN = "chosen"


class JobState(StrEnum):
    """The life of a long piece of work; PENDING rows are the real queue."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SkipReason(StrEnum):
    """Why a rater skipped a task; skipping is never penalised."""

    UNCLEAR = "unclear"
    NOT_MY_EXPERTISE = "not_my_expertise"
    UNCOMFORTABLE = "uncomfortable"
    DUPLICATE = "duplicate"
    BROKEN = "broken"
    OTHER = "other"


#: The same as a list, by which the OpenAPI document knows it.
SKIP_REASONS = tuple(SkipReason)


class CareWish(StrEnum):
    """What somebody would like who says how they are; empty: nothing, or they would not say."""

    NONE = ""
    LESS = "less"
    PAUSE = "pause"
    TALK = "talk"


CARE_WISHES = tuple(wish.value for wish in CareWish if wish)


class Act(StrEnum):
    """What a rater does with a task at hand, and can take back."""

    JUDGMENT = "judgment"
    SKIP = "skip"


class Flag(StrEnum):
    """What a rater can point out about a task beside the comparison."""

    PERSONAL_DATA = "personal_data"
    UNSAFE = "unsafe"
    WRONG_LANGUAGE = "wrong_language"
    LEAKED_IDENTITY = "leaked_identity"
    GUIDELINE_GAP = "guideline_gap"
    BROKEN = "broken"


#: The flags that are offered; that of a gap is asked as a question now (`QueryState`).
OFFERED_FLAGS = tuple(flag for flag in Flag if flag != Flag.GUIDELINE_GAP)


class QueryState(StrEnum):
    """Where a rater's question stands: answered to who asked alone, or by a precedent."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"


#: The same as a list, by which the OpenAPI document knows it.
QUERY_STATES = tuple(QueryState)


#: A text of which more was pasted is pointed out, never refused.
MUCH_PASTED = 0.8


#: More passages than a person marks in one judgment, and characters of what is said of one.
MOST_SPANS, MOST_NOTE = 200, 500
#: More regions than a person marks in one judgment.
MOST_REGIONS = 200
#: The least side of a region in shares of its picture, and how far sums of shares may be off.
LEAST_SIDE, SHARE_SLACK = 1e-6, 1e-9


class ExclusionReason(StrEnum):
    """Why a lead leaves judgments of a rater out of figures and releases."""

    ONE_SIDE = "one_side"
    TOO_FAST = "too_fast"
    CHECKS = "checks"
    GUIDELINE = "guideline"
    MACHINE = "machine"
    WISH = "wish"
    OTHER = "other"


#: The same as a list, by which the OpenAPI document knows it.
EXCLUSION_REASONS = tuple(ExclusionReason)


class Polarity(StrEnum):
    """Whether a passage or a region is marked for what is wrong with it, or for what is good."""

    FAULT = "fault"
    PRAISE = "praise"


class Decided(StrEnum):
    """What becomes of a rater's try: by the rule, or by a lead who lets them begin anew.

    WAITING: neither sure enough to pass nor not to, and no further task; a lead decides.
    """

    PASSED = "passed"
    NOT_YET = "not_yet"
    WAITING = "waiting"
    REOPENED = "reopened"


class NothingLeft(StrEnum):
    """Why there is no next task; an answer, never an error."""

    DONE = "done"
    WAITING = "waiting"
    LIMIT = "limit"
    SHARE_LIMIT = "share_limit"
    DAILY_LIMIT = "daily_limit"
    WEEKLY_LIMIT = "weekly_limit"
    TOPICS = "topics"
    TOPIC_LIMIT = "topic_limit"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    QUIZ_FIRST = "quiz_first"
    QUALIFICATION_FIRST = "qualification_first"
    RATER_PAUSED = "rater_paused"
    PAUSED = "paused"
    EMPTY = "empty"
