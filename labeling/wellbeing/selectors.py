"""The topics of a project as they stand, and what a member chose about each."""

from __future__ import annotations

from dataclasses import dataclass

from labeling.models import Topic, TopicConsent
from projects.models import Project, User

#: Days of which one reads what one had.
OWN_DAYS = 28


@dataclass(frozen=True, slots=True)
class ChosenTopic:
    """The newest version of a topic; `agrees` is None where the member has not chosen about it."""

    topic: Topic
    agrees: bool | None


def described_topics(project: Project) -> list[Topic]:
    """The newest version of each topic that was ever described."""
    return list(project.topics.order_by("key", "-number").distinct("key"))


def chosen_topics(project: Project, user: User) -> list[ChosenTopic]:
    """The topics that raters are asked about now, by name, and what this one chose."""
    topics = [topic for topic in described_topics(project) if topic.is_asked]
    consents = TopicConsent.objects.filter(topic__in=topics, user=user).order_by("pk")
    choices = dict(consents.values_list("topic", "agrees"))
    return [ChosenTopic(topic, choices.get(topic.pk)) for topic in topics]
