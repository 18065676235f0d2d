"""Publishing the voluntary questions, answering them, and taking back what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.models import Profile, ProfileConsent, ProfileForm, ProfileLink
from labeling.profiles.fields import ProfileField, checked_fields, fields_of
from labeling.profiles.selectors import newest_form
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Membership, Project, User
from projects.sql import database_now


@transaction.atomic
def publish_profile_form(
    *, project: Project, actor: User, purpose: str, fields: Sequence[ProfileField]
) -> ProfileForm | None:
    """A new version of the questions; None without any, which ends the asking.

    The same again changes nothing. Who was asked once is not asked again, and what people said of
    an earlier version stands until they take it back. Raises InvalidInput.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    checked = checked_fields(fields)
    purpose = purpose.strip()
    if checked and not 1 <= len(purpose) <= 2000:
        sentence = _("Say in plain words what it is for, in at most 2,000 characters.")
        raise InvalidInput(sentence, fields={"purpose": sentence})
    before = newest_form(project)
    stored = [field.as_json() for field in checked]
    if before is not None and (before.purpose, before.fields) == (purpose, stored):
        return before
    number, form = 0, None
    if checked:
        newest = ProfileForm.objects.filter(project=project).order_by("-number").first()
        number = newest.number + 1 if newest else 1
        form = ProfileForm.objects.create(
            project=project, number=number, purpose=purpose, fields=stored, author=actor
        )
    if number != project.profile_version:
        project.profile_version = number
        project.save(update_fields=["profile_version"])
        verb = gettext_noop("voluntary questions changed")
        record(project=project, actor=actor, verb=verb, version=number)
    return form


@transaction.atomic
def answer_profile(*, membership: Membership, number: int, answers: Mapping[str, str]) -> Profile:
    """Keeps what a member says of themselves, in place of what they said before.

    It counts with judgments from now on alone. What is empty is not said. Raises InvalidInput for
    what is no answer, Conflict where other questions are asked by now.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=membership.project_id)
    form = newest_form(project)
    if form is None or form.number != number:
        raise Conflict(_("The questions have changed: read them again, then choose."))
    said = {key: answer for key, answer in answers.items() if answer}
    choices = {field.key: field.choices for field in fields_of(form.fields)}
    for key, answer in said.items():
        if answer not in choices.get(key, ()):
            sentence = _("Choose one of the answers of “%(key)s”.") % {"key": key[:40]}
            raise InvalidInput(sentence, fields={key[:40]: sentence})
    _forget(membership.user, project)
    profile = Profile.objects.create(form=form, answers=said)
    ProfileLink.objects.create(
        project=project, user=membership.user, profile=profile, since=database_now()
    )
    _note(membership.user, form, agrees=True)
    return profile


@transaction.atomic
def decline_profile(*, membership: Membership) -> None:
    """Notes that a member would rather not, so that nobody asks again; what they said goes."""
    if withdraw_profile(user=membership.user, project=membership.project):
        return
    form = newest_form(membership.project)
    if form is not None:
        _note(membership.user, form, agrees=False)


@transaction.atomic
def withdraw_profile(*, user: User, project: Project) -> bool:
    """Takes back what a person said: it is gone, and in no figure any more. Also of a project in
    which they are no member now; False where they said nothing."""
    link = ProfileLink.objects.filter(user=user, project=project).select_related("profile__form")
    row = link.first()
    if row is None:
        return False
    form = row.profile.form
    _forget(user, project)
    _note(user, form, agrees=False)
    return True


def _forget(user: User, project: Project) -> None:
    Profile.objects.filter(link__user=user, link__project=project).delete()


def _note(user: User, form: ProfileForm, *, agrees: bool) -> None:
    ProfileConsent.objects.create(form=form, user=user, agrees=agrees)
    asked = Membership.objects.filter(user=user, project=form.project)
    asked.update(profile_asked=form.number)
