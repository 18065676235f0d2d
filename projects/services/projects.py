"""Projects: created from a template or a rubric, and configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from projects.answered import tasks_of_stages
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.services import keep_examples, publish_guideline
from projects.models import Membership, Project, Role, User
from projects.project_templates import (
    PROJECT_TEMPLATES,
    STARTING_SETTINGS,
    TEMPLATE_CHECKS,
    CriterionSpec,
    ExampleSpec,
    GuidelineSpec,
    ProjectTemplate,
    load_template,
)
from projects.services.likeness import template_like
from projects.services.new_rubrics import check_rubric
from projects.services.quotas import require_room_for_project
from projects.services.reasons import ReasonSpec, offered_reasons, set_reasons
from projects.services.rubric import add_criterion
from projects.services.rubric_versions import first_version

#: Settings a lead may change at any time.
EDITABLE = ("name", "status", *STARTING_SETTINGS, "is_template")


def create_project(
    *,
    name: str,
    created_by: User,
    template: str = "",
    like: Project | None = None,
    criteria: Sequence[CriterionSpec] = (),
    guideline: GuidelineSpec | None = None,
    settings: Mapping[str, object] | None = None,
) -> Project:
    """A project with its rubric and first guideline; its creator becomes the lead.

    `template` is a key of PROJECT_TEMPLATES, `like` a project to begin as, with its reasons too;
    `criteria` and `guideline` replace the template's.
    Raises InvalidInput naming the fields at fault, Conflict where the creator has too many.
    """
    if template and template not in PROJECT_TEMPLATES:
        known = ", ".join(PROJECT_TEMPLATES)
        sentence = _("Choose one of: %(known)s.") % {"known": known}
        raise InvalidInput(_("Unknown project template."), fields={"template": sentence})
    base = load_template(template) if template else None
    if like is not None:
        base, template = template_like(like), like.template
    criteria = criteria or (base.criteria if base else ())
    guideline, examples = _beginning(guideline, base, criteria)
    checks = TEMPLATE_CHECKS if template and like is None else {}
    values = {**checks, **(base.settings if base else {}), **(settings or {})}
    check_rubric(criteria)
    with transaction.atomic():
        require_room_for_project(created_by, is_demo=bool(values.get("is_demo")))
        project = _insert(name, created_by, template, values)
        for position, spec in enumerate(criteria):
            add_criterion(project=project, spec=spec, position=position)
        first_version(project=project, actor=created_by)
        Membership.objects.create(project=project, user=created_by, role=Role.LEAD)
        verb = gettext_noop("project created")
        record(project=project, actor=created_by, verb=verb, template=template)
        if like is not None:
            reasons = [ReasonSpec(r.code, r.label, r.needs_words) for r in offered_reasons(like)]
            set_reasons(project=project, actor=created_by, reasons=reasons)
        if guideline is not None and guideline.text.strip():
            publish_guideline(project=project, published_by=created_by, spec=guideline)
        keep_examples(project=project, author=created_by, examples=examples)
    return project


def _beginning(
    guideline: GuidelineSpec | None, base: ProjectTemplate | None, criteria: Sequence[CriterionSpec]
) -> tuple[GuidelineSpec | None, Sequence[ExampleSpec]]:
    """The first guideline and the examples: those that are given, else the template's."""
    if guideline is not None or base is None:
        return guideline, ()
    return _fitting(base.guideline, criteria), _asked(base.guideline.examples or (), criteria)


def _fitting(guideline: GuidelineSpec, criteria: Sequence[CriterionSpec]) -> GuidelineSpec:
    """A template's guideline without what it says of questions that are not asked here; its
    examples are the project's own."""
    keys = {criterion.key for criterion in criteria}
    guidance = [entry for entry in guideline.guidance or () if entry.criterion in keys]
    return replace(guideline, guidance=guidance, examples=())


def _asked(
    examples: Sequence[ExampleSpec], criteria: Sequence[CriterionSpec]
) -> Sequence[ExampleSpec]:
    """A template's examples; of those about questions that are not asked here nobody is asked."""
    keys = {criterion.key for criterion in criteria}
    return [e if e.criterion in keys else replace(e, criterion="", right=()) for e in examples]


def _insert(name: str, created_by: User, template: str, settings: Mapping[str, object]) -> Project:
    project = Project(name=name.strip(), created_by=created_by, template=template)
    _assign(project, settings)
    project.slug = "x"
    _clean(project)
    stem = slugify(name)[:50] or "project"
    for number in range(1, 1000):
        project.slug = stem if number == 1 else f"{stem}-{number}"
        try:
            with transaction.atomic():
                project.save(force_insert=True)
            return project
        except IntegrityError:
            continue
    raise Conflict(_("There are too many projects of this name; choose another."))


def _assign(project: Project, settings: Mapping[str, object]) -> None:
    for key, value in settings.items():
        if key not in (*EDITABLE, "is_demo"):
            sentence = _("There is no setting “%(name)s”.") % {"name": key}
            raise InvalidInput(_("Unknown setting."), fields={key: sentence})
        setattr(project, key, value)


def _clean(project: Project) -> None:
    try:
        project.full_clean(exclude=["slug"])
    except ValidationError as error:
        fields = {field: " ".join(messages) for field, messages in error.message_dict.items()}
        raise InvalidInput(_("Some values do not fit."), fields=fields) from None


def _check_stages(project: Project, old: Mapping[str, object]) -> None:
    """Raises InvalidInput where a stage is to have more tasks than there are."""
    raised = {
        stage: name
        for stage, name in (
            ("training", "training_tasks"),
            ("qualification", "qualification_tasks"),
        )
        if getattr(project, name) > int(str(old.get(name, getattr(project, name))))
    }
    there = tasks_of_stages(project) if raised else {}
    errors = {
        name: ngettext(
            "There is %(n)d such task. Make more of gold tasks first, under “Qualification”.",
            "There are %(n)d such tasks. Make more of gold tasks first, under “Qualification”.",
            there[stage],
        )
        % {"n": there[stage]}
        for stage, name in raised.items()
        if there[stage] < getattr(project, name)
    }
    if errors:
        raise InvalidInput(_("There are not tasks enough yet."), fields=errors)


@transaction.atomic
def update_project(*, project: Project, actor: User, changes: Mapping[str, object]) -> Project:
    """Changes settings of EDITABLE and logs old and new; returns the changed row.

    Raises InvalidInput, naming the fields at fault, and leaves everything as it was.

    A changed overlap holds for tasks imported from now on; `labeling` changes existing tasks.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    old = {key: getattr(project, key) for key in changes if key in EDITABLE}
    _assign(project, changes)
    _clean(project)
    _check_stages(project, old)
    changed = [key for key, value in old.items() if getattr(project, key) != value]
    if changed:
        project.save(update_fields=changed)
        detail = {key: [str(old[key]), str(getattr(project, key))] for key in changed}
        record(project=project, actor=actor, verb=gettext_noop("settings changed"), **detail)
    return project
