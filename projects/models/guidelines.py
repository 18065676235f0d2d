"""The project's instructions to raters, in immutable numbered versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models.projects import Project


class ChangeSize(models.TextChoices):
    """Whether raters read a version before their next task, or may go on."""

    MAJOR = "major", gettext_lazy("Major: raters read it before their next task")
    MINOR = "minor", gettext_lazy("Minor: raters go on, and find it in the guideline")


class Guideline(models.Model):
    """One published version; a change is a new version, and every judgment names its own.

    `guidance` says question by question what is good and bad, and what to do in doubt. Whoever has
    read a version from `read_since` on gets tasks under this one: a minor change moves it on.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guidelines")
    number = models.PositiveIntegerField()
    text = models.TextField()
    priority_order = models.TextField(blank=True)
    trade_off_rule = models.TextField(blank=True)
    change_note = models.TextField(blank=True)
    change_size = models.CharField(
        max_length=5,
        choices=ChangeSize,
        default=ChangeSize.MAJOR,
        db_default=ChangeSize.MAJOR.value,
    )
    read_since = models.PositiveIntegerField(db_default=1)
    guidance = models.JSONField(default=list, db_default=[], blank=True)
    examples = models.JSONField(default=list, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(auto_now_add=True)
    #: The parts of the text as safe HTML by name, and the version of the renderer that made them.
    html = models.JSONField(default=dict, db_default={}, blank=True, editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="guideline_number_unique"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class GuidelineDraft(models.Model):
    """What a lead is writing, kept until it is published or thrown away; each lead has their own.

    `content` is what stands in the editor, whether or not it could be published, `based_on` the
    version it began from (0 before the first). `revision` counts its savings: a page that has not
    seen the newest overwrites nothing.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(default=dict)
    based_on = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "author"], name="one_draft_per_lead"),
        ]

    def __str__(self) -> str:
        return _("draft after v%(number)s") % {"number": self.based_on}


class Principle(models.Model):
    """One numbered clause of a guideline version that a judgment can cite.

    The policy wording is for people; `training_form` is its "Choose the response that…" twin.
    `key` is the same in every version that holds the principle, whatever its number and words
    there: it says where it began, such as `v2p5`. `version` counts its wordings: one that did not
    change keeps its own, with `why` it was so worded and the tasks that were the `evidence`.
    `scope` says where it applies, `precedence` which comes first where two oppose (0: not said).
    """

    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="principles")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    training_form = models.TextField(blank=True)
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    source = models.TextField(blank=True, default="", db_default="")
    scope = models.TextField(blank=True, default="", db_default="")
    precedence = models.PositiveSmallIntegerField(default=0, db_default=0)
    examples_for = models.TextField(blank=True, default="", db_default="")
    examples_against = models.TextField(blank=True, default="", db_default="")
    why = models.TextField(blank=True, default="", db_default="")
    evidence = models.JSONField(default=list, db_default=[], blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["guideline", "number"], name="principle_number_unique"),
            models.UniqueConstraint(fields=["guideline", "key"], name="principle_key_unique"),
        ]

    def __str__(self) -> str:
        return f"P{self.number} {self.title}"


class Acknowledgement(models.Model):
    """A member has read this version; without it there is no next task."""

    guideline = models.ForeignKey(
        Guideline, on_delete=models.CASCADE, related_name="acknowledgements"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seconds_open = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guideline", "user"], name="acknowledged_once"),
        ]

    def __str__(self) -> str:
        return _("%(user)s read %(version)s") % {"user": self.user, "version": self.guideline}
