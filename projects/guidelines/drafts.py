"""Drafts of the guideline: kept on the server as they stand, each lead's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.exceptions import Conflict, InvalidInput
from projects.models import Guideline, GuidelineDraft, Principle, Project, User
from projects.project_templates import GUIDANCE_TEXTS

_SAID = ("rank", *GUIDANCE_TEXTS)
#: Characters of a draft as it is stored; far more than any version can hold.
DRAFT_LIMIT = 1_000_000


def draft_of(project: Project, author: User) -> GuidelineDraft | None:
    """What this lead was writing, or None."""
    return GuidelineDraft.objects.filter(project=project, author=author).first()


def others_writing(project: Project, author: User) -> QuerySet[GuidelineDraft]:
    """The drafts of the other leads, without what stands in them."""
    drafts = GuidelineDraft.objects.filter(project=project).exclude(author=author)
    return drafts.defer("content").select_related("author").order_by("-saved_at")


@transaction.atomic
def save_draft(
    *,
    project: Project,
    author: User,
    content: Mapping[str, Any],
    based_on: int,
    revision: int | None = None,
) -> GuidelineDraft:
    """Keeps what a lead has written so far in place of what was kept before.

    `revision` is the saving that its page has seen last, 0 for none: raises Conflict where
    there is another since, from another window. None overwrites. Raises InvalidInput for what
    is too long.
    """
    text = json.dumps(content, ensure_ascii=False)
    if len(text) > DRAFT_LIMIT or "\\u0000" in text:
        raise InvalidInput(_("This is too long to be kept, or holds what no text can hold."))
    fresh = {"content": content, "based_on": based_on, "saved_at": timezone.now()}
    draft, is_new = GuidelineDraft.objects.select_for_update().get_or_create(
        project=project, author=author, defaults=fresh
    )
    if is_new:
        return draft
    if revision is not None and revision != draft.revision:
        raise Conflict(
            _(
                "Your draft was changed in another window. What stands here is not saved: save it "
                "in place of that one, or load the page again and go on with the other."
            )
        )
    for name, value in fresh.items():
        setattr(draft, name, value)
    draft.revision += 1
    draft.save(update_fields=[*fresh, "revision"])
    return draft


def discard_draft(*, project: Project, author: User) -> None:
    """Throws away what a lead was writing; nothing is published."""
    GuidelineDraft.objects.filter(project=project, author=author).delete()


def draft_like(guideline: Guideline | None) -> dict[str, Any]:
    """The content of a draft that begins from a version, or from nothing."""
    if guideline is None:
        return {}
    texts = ("text", "priority_order", "trade_off_rule")
    clauses = guideline.principles.values("key", "title", "text", "training_form")
    return {
        **{name: getattr(guideline, name) for name in texts},
        "guidance": guideline.guidance,
        "principles": list(clauses),
    }


def unpublished_version(
    project: Project, content: Mapping[str, Any]
) -> tuple[Guideline, list[Principle]]:
    """What a draft would look like, whether or not it could be published; nothing is stored."""
    guideline = Guideline(
        project=project,
        text=_text(content, "text"),
        priority_order=_text(content, "priority_order"),
        trade_off_rule=_text(content, "trade_off_rule"),
        guidance=[_guidance(entry) for entry in content.get("guidance") or ()],
    )
    guideline.guidance = [entry for entry in guideline.guidance if any(entry[n] for n in _SAID)]
    titled = [clause for clause in content.get("principles") or () if clause.get("title")]
    clauses = [
        Principle(
            number=number,
            title=_text(clause, "title"),
            text=_text(clause, "text"),
            training_form=_text(clause, "training_form"),
        )
        for number, clause in enumerate(titled, start=1)
    ]
    return guideline, clauses


def _text(content: Mapping[str, Any], name: str) -> str:
    return str(content.get(name) or "")


def _guidance(entry: Mapping[str, Any]) -> dict[str, Any]:
    rank = _text(entry, "rank")
    texts = {name: _text(entry, name) for name in GUIDANCE_TEXTS}
    number = int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 3 else None
    return {"criterion": _text(entry, "criterion"), "rank": number, **texts}
