"""A project as something to start from: what it asks, its guideline and its settings."""

from __future__ import annotations

from collections.abc import Collection

from projects.guidelines.content import guidance_spec, principle_spec
from projects.guidelines.examples import example_spec, examples_in_force
from projects.guidelines.selectors import current_guideline, principles_of
from projects.models import Membership, Project, Role, User
from projects.project_templates import (
    STARTING_SETTINGS,
    CriterionSpec,
    ExampleSpec,
    GuidelineSpec,
    ProjectTemplate,
)
from projects.selectors.rubric import asked_criteria


def template_like(project: Project) -> ProjectTemplate:
    """The project as a template: its questions, current guideline and settings, and no data."""
    guideline = current_guideline(project)
    return ProjectTemplate(
        key=project.template,
        source=project.name,
        criteria=[
            CriterionSpec(
                key=criterion.key,
                wording=criterion.wording,
                scale=criterion.scale_key,
                is_primary=criterion.is_primary,
                is_required=criterion.is_required,
                help_text=criterion.help_text,
                short_label=criterion.short_label,
                own=criterion.own_scale,
            )
            for criterion in asked_criteria(project)
        ],
        guideline=GuidelineSpec(
            text=guideline.text if guideline else "",
            priority_order=guideline.priority_order if guideline else "",
            trade_off_rule=guideline.trade_off_rule if guideline else "",
            principles=[principle_spec(clause, key="") for clause in principles_of(guideline)],
            examples=[
                *(ExampleSpec(**said) for said in (guideline.examples if guideline else ())),
                *map(example_spec, examples_in_force(project)),
            ],
            guidance=[guidance_spec(entry) for entry in guideline.guidance] if guideline else [],
        ),
        settings={name: getattr(project, name) for name in STARTING_SETTINGS},
    )


def projects_to_copy(user: User, *, slugs: Collection[str] = ()) -> list[Project]:
    """Projects that the user leads and offers as templates, and those of these slugs."""
    led = Membership.objects.filter(user=user, role=Role.LEAD).select_related("project")
    projects = [row.project for row in led.order_by("project__name")]
    return [project for project in projects if project.is_template or project.slug in slugs]


def project_to_copy(user: User, slug: str) -> Project | None:
    """The project of that slug, if the user leads it."""
    led = Membership.objects.filter(user=user, role=Role.LEAD, project__slug=slug)
    row = led.select_related("project").first()
    return row.project if row else None
