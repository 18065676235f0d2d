"""Describing topics, and choosing which of them one sees; both are kept row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.models import Assignment, Topic, TopicConsent
from labeling.rating.claims import lock_rater
from labeling.vocabulary import AssignmentState
from labeling.wellbeing.selectors import chosen_topics, described_topics
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Project, User

#: So many topics of a project are described at most: raters read them all.
MOST_TOPICS = 50
_SAID = ("description", "intensity", "frequency", "hourly_limit", "daily_limit", "is_asked")


@transaction.atomic
def describe_topic(*, project: Project, actor: User, key: str, said: Mapping[str, Any]) -> Topic:
    """A new version of what raters are told of a topic; the same again changes nothing.

    Raters choose anew about what is new. Raises InvalidInput, naming the fields at fault.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    topics = {topic.key: topic for topic in described_topics(project)}
    newest = topics.get(key)
    if newest is None and len(topics) >= MOST_TOPICS:
        sentence = _("At most %(n)d topics of a project can be described.") % {"n": MOST_TOPICS}
        raise InvalidInput(sentence, fields={"topic": sentence})
    number = newest.number + 1 if newest else 1
    topic = Topic(project=project, key=key, number=number, author=actor, **said)
    try:
        topic.full_clean()
    except ValidationError as error:
        fields = {field: " ".join(words) for field, words in error.message_dict.items()}
        fields["topic"] = fields.pop("key", "") or fields.get("topic", "")
        named = {field: sentence for field, sentence in fields.items() if sentence}
        raise InvalidInput(_("Some values do not fit."), fields=named) from None
    if newest is not None and all(getattr(newest, name) == getattr(topic, name) for name in _SAID):
        return newest
    topic.save(force_insert=True)
    topics[key] = topic
    project.has_topics = any(each.is_asked for each in topics.values())
    project.save(update_fields=["has_topics"])
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("topic described"),
        topic=key,
        version=number,
    )
    return topic


@transaction.atomic
def choose_topics(*, project: Project, user: User, choices: Mapping[str, tuple[int, bool]]) -> None:
    """Notes for each topic the version that was read and whether the user agrees to see it.

    Who does not agree gives back at once what they hold of it. Raises InvalidInput for a topic that
    is not asked about, Conflict where its description has changed since it was read; nothing is
    noted then.
    """
    lock_rater(project_id=project.pk, rater_id=user.pk)
    asked = {chosen.topic.key: chosen for chosen in chosen_topics(project, user)}
    for key, (number, agrees) in choices.items():
        chosen = asked.get(key)
        if chosen is None:
            sentence = _("This project asks about no topic “%(topic)s”.") % {"topic": key[:80]}
            raise InvalidInput(sentence, fields={"topic": sentence})
        if chosen.topic.number != number:
            raise Conflict(
                _("What is said of “%(topic)s” has changed: read it again, then choose.")
                % {"topic": key}
            )
        if chosen.agrees != agrees:
            TopicConsent.objects.create(topic=chosen.topic, user=user, agrees=agrees)
        if not agrees:
            Assignment.objects.filter(
                project=project,
                rater=user,
                state=AssignmentState.LEASED,
                task__prompt__sensitivity__contains=[{"topic": key}],
            ).update(state=AssignmentState.EXPIRED)
