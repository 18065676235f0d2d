"""Writes worked examples: new ones, new versions, and the end of one."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.kinds import accepted_shapes, kind_for
from labeling.kinds.shapes import unstorable
from labeling.rating.openings import tell_everybody
from labeling.teaching.examples.selectors import (
    example_sizes,
    knowable_questions,
    right_words,
)
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.checks import MOST_EXAMPLES
from projects.guidelines.examples import example_spec, examples_in_force
from projects.models import Project, User, WorkedExample
from projects.project_templates import EXAMPLE_KINDS, ExampleSpec

#: Characters of each text of an example.
LONGEST_TEXT = 20_000


@transaction.atomic
def write_example(
    *,
    project: Project,
    author: User,
    spec: ExampleSpec,
    number: int | None = None,
    source: str = "",
) -> WorkedExample:
    """A new example, or with its `number` a new version of one; the same again changes nothing.

    `source` is the id of the task whose texts it has: raters read what is right on it, so they
    judge it no more. Raises InvalidInput naming every field at fault, Conflict where there are
    too many, or the one to be changed is retired.
    """
    # The project row is the lock: two examples written at once get two numbers.
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    checked = _checked(project, spec)
    before = None
    if number is None:
        _require_room(project)
        newest = WorkedExample.objects.filter(project=project).order_by("-number").first()
        number = newest.number + 1 if newest else 1
    else:
        before = _standing(project, number)
        if example_spec(before) == checked:
            return before
        source = source or before.source
        before.ended_at = timezone.now()
        before.save(update_fields=["ended_at"])
    example = WorkedExample.objects.create(
        project=project,
        number=number,
        version=before.version + 1 if before else 1,
        kind=checked.kind,
        criterion=checked.criterion,
        prompt=checked.prompt,
        responses=checked.responses,
        right=checked.right,
        answer=checked.answer,
        rationale=checked.rationale,
        source=source,
        author=author,
    )
    Project.objects.filter(pk=project.pk, has_examples=False).update(has_examples=True)
    if source:
        tell_everybody(project=project, source=source)
    detail = {"example": number, "version": example.version}
    verb = gettext_noop("worked example written")
    record(project=project, actor=author, verb=verb, **detail)
    return example


@transaction.atomic
def retire_example(*, project: Project, actor: User, number: int) -> WorkedExample:
    """Ends an example: raters no longer see it, and are not asked it. Raises Conflict where it is
    retired by now."""
    example = _standing(project, number)
    example.ended_at = timezone.now()
    example.save(update_fields=["ended_at"])
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("worked example retired"),
        example=number,
    )
    return example


def _standing(project: Project, number: int) -> WorkedExample:
    """The version of an example that holds, locked."""
    held = WorkedExample.objects.select_for_update().filter(project=project, ended_at=None)
    example = held.filter(number=number).first()
    if example is None:
        raise Conflict(_("This example is retired. Write a new one."))
    return example


def _require_room(project: Project) -> None:
    if examples_in_force(project).count() >= MOST_EXAMPLES:
        sentence = _("A project has at most %(most)d examples. Retire one first.")
        raise Conflict(sentence % {"most": MOST_EXAMPLES})


def _checked(project: Project, spec: ExampleSpec) -> ExampleSpec:
    """The example as it is kept. Raises InvalidInput naming every field at fault."""
    errors: dict[str, str] = {}
    if spec.kind not in EXAMPLE_KINDS:
        known = ", ".join(EXAMPLE_KINDS)
        errors["kind"] = _("Choose one of: %(known)s.") % {"known": known}
    texts = {"prompt": [spec.prompt], "responses": list(spec.responses)}
    texts |= {"answer": [spec.answer], "rationale": [spec.rationale]}
    for name, of_field in texts.items():
        if any(len(text) > LONGEST_TEXT for text in of_field):
            errors[name] = _("At most %(most)d characters a text.") % {"most": LONGEST_TEXT}
        elif any(unstorable(text) for text in of_field):
            errors[name] = _(
                "The text holds a character that cannot be stored (NUL or half of a pair)."
            )
    if not spec.rationale.strip():
        errors.setdefault("rationale", _("Say why it is right."))
    right, words = _checked_right(project, spec, errors)
    answer = spec.answer.strip() or words
    if not answer:
        errors.setdefault("right", _("Say which answer is right."))
    if errors:
        raise InvalidInput(_("Some of the example does not fit."), fields=errors)
    return replace(
        spec,
        prompt=spec.prompt.strip(),
        responses=[text.strip() for text in spec.responses],
        right=right,
        answer=answer,
        rationale=spec.rationale.strip(),
    )


def _checked_right(
    project: Project, spec: ExampleSpec, errors: dict[str, str]
) -> tuple[list[object], str]:
    """The accepted answers as they are kept, and in words; none where nobody can be asked."""
    questions = {criterion.key: criterion for criterion in knowable_questions(project)}
    question = questions.get(spec.criterion)
    if question is None:
        if spec.criterion and spec.right:
            known = ", ".join(questions)
            errors["criterion"] = _("Choose one of: %(known)s.") % {"known": known}
        return [], ""
    if not spec.right:
        return [], ""
    count = len(spec.responses)
    fewest, most = example_sizes(question)
    if not fewest <= count <= most:
        sentence = _("This question is asked of %(fewest)d to %(most)d responses, not %(count)d.")
        errors["responses"] = sentence % {"fewest": fewest, "most": most, "count": count}
        return [], ""
    if any(not text.strip() for text in spec.responses):
        errors["responses"] = _("Write every response.")
        return [], ""
    wrong: dict[str, str] = {}
    right = accepted_shapes(
        kind_for(question.scale), question, list(spec.right), wrong, count=count
    )
    if wrong:
        errors["right"] = next(iter(wrong.values()))
        return [], ""
    return right, right_words(question, right)
