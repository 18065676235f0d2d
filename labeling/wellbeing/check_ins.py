"""Two questions after a session: how one is, and what one would like less or more of.

Nobody has to answer, and nobody reads one answer: they are read as trends alone.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from labeling.models import CheckIn
from labeling.vocabulary import CareWish
from labeling.wellbeing.selectors import described_topics
from projects.exceptions import InvalidInput
from projects.models import Membership
from projects.sql import database_now


@transaction.atomic
def check_in(
    *, membership: Membership, feeling: int | None = None, wish: str = "", topic: str = ""
) -> CheckIn | None:
    """Keeps what a member answered; None where they would rather not. Either way they are not
    asked again before the project's days are over.

    Raises InvalidInput for a topic that the project does not describe, or an answer off its scale.
    """
    topic = topic if wish == CareWish.LESS else ""
    if topic and topic not in {known.key for known in described_topics(membership.project)}:
        sentence = _("This project asks about no topic “%(topic)s”.") % {"topic": topic[:80]}
        raise InvalidInput(sentence, fields={"topic": sentence})
    row = None
    if feeling is not None or wish:
        row = CheckIn(
            project=membership.project,
            rater=membership.user,
            feeling=feeling,
            wish=wish,
            topic=topic,
        )
        try:
            row.full_clean()
        except ValidationError as error:
            fields = {field: " ".join(words) for field, words in error.message_dict.items()}
            raise InvalidInput(_("Some values do not fit."), fields=fields) from None
        row.save(force_insert=True)
    Membership.objects.filter(pk=membership.pk).update(checked_in_at=database_now())
    return row
