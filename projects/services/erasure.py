"""A person erased: nothing tells any more who they were; their judgments stay under another name.

Releases give pseudonyms of their own, computed with a secret from the row's number. The made-up
name is drawn by lot and is in none of them; what is released later has another secret.
"""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import record
from projects.departures import end_work
from projects.erasures import erase_texts
from projects.exceptions import Conflict, InvalidInput
from projects.models import (
    ApiKey,
    AuditEvent,
    GuidelineDraft,
    Invitation,
    Membership,
    OutgoingMail,
    Removal,
    Role,
    User,
)
from projects.models.users import normal_address
from projects.services.members import revoke_links_of
from projects.services.sessions import end_sessions
from projects.services.throttle import forget_failures

#: What of a line in the log is one of our own words, also where somebody is called like it.
_VOCABULARY = {"role", "scope", "recipe", "format", "state", "play", "purpose", "kind"}
#: Characters that a line of the administration's log holds.
_LINE = 200


def check_typed_address(*, person: User, typed: str) -> None:
    """Raises InvalidInput where what was typed is not the person's address."""
    if not person.email or normal_address(typed) != person.email:
        sentence = _("Type the e-mail address of the account exactly.")
        raise InvalidInput(sentence, fields={"email": sentence})


def check_erasable(person: User) -> None:
    """Raises Conflict, with the reason, for who cannot be erased."""
    if person.is_placeholder or person.erased_at is not None:
        raise Conflict(_("This is no account of a person: there is nothing to erase."))
    mine = Membership.objects.filter(user=person, role=Role.LEAD).values("project")
    others = Membership.objects.filter(role=Role.LEAD, project__in=mine).exclude(user=person)
    alone = Membership.objects.filter(user=person, role=Role.LEAD).exclude(
        project__in=others.values("project")
    )
    if names := sorted(alone.values_list("project__name", flat=True)):
        raise Conflict(
            _(
                "This person is the only lead of %(projects)s. Make somebody else lead there, or "
                "delete it, first."
            )
            % {"projects": ", ".join(f"“{name}”" for name in names[:5])}
        )
    operators = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    if person.is_superuser and not operators.exists():
        raise Conflict(_("This is the only operator. Make somebody else operator first."))


@transaction.atomic
def erase_person(*, person: User, actor: User, written: bool = False) -> str:
    """Erases a person and returns the made-up name that stands for them from now on.

    Name, address, sessions, tokens, memberships and free texts go; judgments stay. The answers and
    edits that they wrote are data: they stay too, unless `written` has them deleted, with the
    judgments they came with. Raises Conflict for the last lead of a project, the last operator, and
    who is no person any more.
    """
    _lock_leads(person)
    person = User.objects.select_for_update().get(pk=person.pk)
    check_erasable(person)
    before = {name for name in (person.name, person.email, person.display_name) if name}
    pseudonym = f"erased person {secrets.token_hex(4)}"
    _end_everything(person)
    projects = erase_texts(person=person, actor=actor, written=written)
    known = {project.pk for project in projects}
    known |= set(Removal.objects.filter(user=person).values_list("project", flat=True))
    known |= set(person.memberships.values_list("project", flat=True))
    Membership.objects.filter(user=person).delete()
    end_work(user=person)
    _forget_names(person, before, known, pseudonym)
    _forget_account(person, pseudonym)
    by = pseudonym if actor.pk == person.pk else actor.display_name
    for pk in sorted(known):
        AuditEvent.objects.create(
            project_id=pk, actor=actor, verb="person erased", detail={"person": pseudonym}
        )
    record(project=None, actor=actor, verb=gettext_noop("person erased"), person=pseudonym, by=by)
    return pseudonym


def _lock_leads(person: User) -> None:
    """Two leads of a project, or two operators, do not go at the same moment."""
    mine = Membership.objects.filter(user=person, role=Role.LEAD).values("project")
    leads = Membership.objects.select_for_update().filter(role=Role.LEAD, project__in=mine)
    list(leads.order_by("pk").values_list("pk"))
    if person.is_superuser:
        operators = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
        list(operators.order_by("pk").values_list("pk"))


def _end_everything(person: User) -> None:
    end_sessions(user=person)
    ApiKey.objects.filter(user=person).delete()
    revoke_links_of(user=person)
    Invitation.objects.filter(created_by=person).update(note="")
    GuidelineDraft.objects.filter(author=person).delete()
    if person.email:
        forget_failures(email=person.email)
        mine = OutgoingMail.objects.filter(detail__user=person.pk)
        former = list(mine.exclude(detail__old=None).values_list("detail__old", flat=True))
        addressed = OutgoingMail.objects.filter(address__in=[person.email, *former])
        sent = OutgoingMail.objects.exclude(state=OutgoingMail.State.WAITING)
        signed = sent.filter(detail__by=person.display_name)
        (mine | addressed | signed).delete()


def _forget_account(person: User, pseudonym: str) -> None:
    person.set_unusable_password()
    person.name, person.email, person.erased_at = pseudonym, None, timezone.now()
    person.time_zone, person.last_login, person.shows_covered = "UTC", None, False
    person.is_active = person.is_staff = person.is_superuser = False
    changed = ["password", "name", "email", "erased_at", "time_zone", "last_login"]
    changed += ["shows_covered", "is_active", "is_staff", "is_superuser"]
    person.save(update_fields=changed)
    person.groups.clear()
    person.user_permissions.clear()


def _forget_names(person: User, names: set[str], projects: set[int], pseudonym: str) -> None:
    """Replaces a person's names in the log of their projects and in the administration's."""
    named = Q()
    for name in names:
        # As the text of JSON has it: quotes and backslashes stand behind a backslash there.
        named |= Q(text__contains=json.dumps(name, ensure_ascii=False)[1:-1])
    # What stood for them before they gave a name; within other words it is hardly theirs.
    short = (person.email or "").partition("@")[0]
    named |= Q(text__contains=json.dumps(short, ensure_ascii=False))
    lines = AuditEvent.objects.annotate(text=Cast("detail", TextField()))
    lines = lines.filter(Q(project__in=projects) | Q(project=None))
    # Lines about them hold the name of that day; reasons that they gave, or that were given for
    # what was decided of them, hold anything.
    own = Q(actor=person, detail__has_any_keys=["reason", "name"])
    lines = lines.filter(named | Q(detail__user_id=person.pk) | own)
    pattern = re.compile(
        rf"\A{re.escape(short or pseudonym)}\Z"
        rf"|(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=len)[::-1]))})(?!\w)"
    )
    changed = []
    for line in lines.only("detail", "actor", "verb").iterator(chunk_size=2000):
        line.detail = _without(line.detail, pattern, pseudonym)
        words = _own_words(line.verb) if line.actor_id == person.pk else set()
        if line.detail.get("user_id") == person.pk:
            line.detail["user"] = pseudonym
            words.add("reason")
        line.detail |= dict.fromkeys(line.detail.keys() & words, "")
        changed.append(line)
    AuditEvent.objects.bulk_update(changed, ["detail"], batch_size=500)
    _forget_in_administration(person, names, pattern, pseudonym)


def _own_words(verb: str) -> set[str]:
    """What of a line its writer put into words: a reason, and what they called a token."""
    return {"reason", "name"} if verb.startswith("API token") else {"reason"}


def _forget_in_administration(
    person: User, names: set[str], pattern: re.Pattern[str], pseudonym: str
) -> None:
    """Replaces the names in its lines; what lines about others say beside them stays."""
    kind = ContentType.objects.get_for_model(User)
    own = LogEntry.objects.filter(content_type=kind, object_id=str(person.pk))
    own.update(object_repr=pseudonym)
    named = Q()
    for name in names:
        named |= Q(object_repr__contains=name)
    for entry in LogEntry.objects.filter(named).only("object_repr").iterator(chunk_size=2000):
        kept = pattern.sub(pseudonym, entry.object_repr)[:_LINE]
        LogEntry.objects.filter(pk=entry.pk).update(object_repr=kept)


def _without(value: Any, names: re.Pattern[str], pseudonym: str) -> Any:
    if isinstance(value, str):
        return names.sub(pseudonym, value)
    if isinstance(value, list):
        return [_without(item, names, pseudonym) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key in _VOCABULARY else _without(item, names, pseudonym)
            for key, item in value.items()
        }
    return value
