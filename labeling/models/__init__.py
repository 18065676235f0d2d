"""Prompts, tasks, assignments, judgments, imports, releases, cached reports, signs of life."""

from __future__ import annotations

from labeling.models.assignments import Assignment, LateAnswer, ReleaseOpening, TaskOpening
from labeling.models.check_ins import CheckIn
from labeling.models.exclusions import Exclusion, OpenPlace
from labeling.models.heartbeats import Heartbeat
from labeling.models.installation import Installation
from labeling.models.jobs import (
    Deletion,
    Import,
    ImportedChange,
    ImportRefusal,
    ImportUndo,
    Job,
    Release,
    SelectionJob,
    TaskChange,
    TextErasing,
    Withdrawal,
)
from labeling.models.judgments import Answer, Judgment
from labeling.models.pictures import Picture
from labeling.models.profiles import Profile, ProfileConsent, ProfileForm, ProfileLink
from labeling.models.qualification import StageAnswer, StageDecision
from labeling.models.regions import Region
from labeling.models.reports import (
    FlagResolution,
    RaterPairPart,
    Report,
    ReportSettlement,
    SetAside,
)
from labeling.models.spans import Span
from labeling.models.tasks import Prompt, Response, Task
from labeling.models.teaching import (
    GoldAnswer,
    Precedent,
    PrecedentReading,
    Query,
    RaterNote,
    RaterStream,
    TalkedOver,
)
from labeling.models.topics import Topic, TopicConsent
from labeling.models.writings import Writing

__all__ = [
    "Answer",
    "Assignment",
    "CheckIn",
    "Deletion",
    "Exclusion",
    "FlagResolution",
    "GoldAnswer",
    "Heartbeat",
    "Import",
    "ImportRefusal",
    "ImportUndo",
    "ImportedChange",
    "Installation",
    "Job",
    "Judgment",
    "LateAnswer",
    "OpenPlace",
    "Picture",
    "Precedent",
    "PrecedentReading",
    "Profile",
    "ProfileConsent",
    "ProfileForm",
    "ProfileLink",
    "Prompt",
    "Query",
    "RaterNote",
    "RaterPairPart",
    "RaterStream",
    "Region",
    "Release",
    "ReleaseOpening",
    "Report",
    "ReportSettlement",
    "Response",
    "SelectionJob",
    "SetAside",
    "Span",
    "StageAnswer",
    "StageDecision",
    "TalkedOver",
    "Task",
    "TaskChange",
    "TaskOpening",
    "TextErasing",
    "Topic",
    "TopicConsent",
    "Withdrawal",
    "Writing",
]
