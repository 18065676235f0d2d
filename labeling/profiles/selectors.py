"""The voluntary questions of a project, and what a person said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labeling.models import ProfileForm, ProfileLink
from labeling.profiles.fields import ProfileField, fields_of
from projects.models import Project, User


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """What a person said in one project, and of which version of its questions."""

    pk: int
    project: Project
    number: int
    since: datetime
    purpose: str
    fields: list[ProfileField]
    answers: dict[str, str]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Each question with what was answered, "" where nothing was."""
        return [(field.label, self.answers.get(field.key, "")) for field in self.fields]


def newest_form(project: Project) -> ProfileForm | None:
    """The questions that are asked now, None where there are none."""
    if not project.profile_version:
        return None
    return ProfileForm.objects.get(project=project, number=project.profile_version)


def own_profile(user: User, project: Project) -> OwnProfile | None:
    """What a person said in one project, None where they said nothing."""
    return next(iter(own_profiles(user, project)), None)


def own_profiles(user: User, project: Project | None = None) -> list[OwnProfile]:
    """What a person said of themselves, project by project, also where they are no member now."""
    links = ProfileLink.objects.filter(user=user).select_related("profile__form", "project")
    if project is not None:
        links = links.filter(project=project)
    return [
        OwnProfile(
            pk=link.pk,
            project=link.project,
            number=link.profile.form.number,
            since=link.since,
            purpose=link.profile.form.purpose,
            fields=fields_of(link.profile.form.fields),
            answers=link.profile.answers,
        )
        for link in links.order_by("project__name", "pk")
    ]
