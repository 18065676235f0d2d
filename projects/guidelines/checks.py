"""What a version of the guideline may hold; each refusal names the part at fault."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from projects.exceptions import InvalidInput
from projects.models import ChangeSize, Criterion, Project
from projects.project_templates import (
    EXAMPLE_KINDS,
    GUIDANCE_TEXTS,
    ExampleSpec,
    GuidanceSpec,
    GuidelineSpec,
    PrincipleSpec,
)

TEXT_LIMIT = 100_000
#: Principles of one version; more could not be told apart by who cites them.
MOST_PRINCIPLES = 60
#: Worked examples in force in a project, responses of each, and characters of each of its texts.
MOST_EXAMPLES, MOST_SHOWN, EXAMPLE_LIMIT = 60, 9, 4000
#: Characters of each text of a principle, and the tasks that a change of it names.
PRINCIPLE_LIMIT, MOST_EVIDENCE = 10_000, 50
#: Characters of each text on a question, and the last place in the order of priority.
GUIDANCE_LIMIT, LAST_RANK = 4000, 99


def check_guideline(project: Project, spec: GuidelineSpec) -> None:
    """Raises InvalidInput naming what a version cannot hold: text, principles, examples,
    guidance or the size of the change."""
    if not spec.text.strip():
        raise InvalidInput(_("Write the guideline."), fields={"text": _("The guideline is empty.")})
    if len(spec.text) > TEXT_LIMIT:
        sentence = _("At most %(limit)s characters; this has %(length)s.") % {
            "limit": f"{TEXT_LIMIT:,}",
            "length": f"{len(spec.text):,}",
        }
        raise InvalidInput(_("The guideline is too long."), fields={"text": sentence})
    if len(spec.principles) > MOST_PRINCIPLES:
        sentence = _("At most %(limit)d principles; these are %(length)d.") % {
            "limit": MOST_PRINCIPLES,
            "length": len(spec.principles),
        }
        raise InvalidInput(_("There are too many principles."), fields={"principles": sentence})
    for number, principle in enumerate(spec.principles, start=1):
        if sentence := _principle_fault(number, principle):
            raise InvalidInput(sentence, fields={"principles": sentence})
    for number, example in enumerate(spec.examples or (), start=1):
        if sentence := _example_fault(number, example):
            raise InvalidInput(sentence, fields={"examples": sentence})
    if sentence := _guidance_fault(project, spec.guidance or ()):
        raise InvalidInput(sentence, fields={"guidance": sentence})
    if spec.change_size not in ChangeSize.values:
        sentence = _("A change is one of: %(known)s.") % {"known": ", ".join(ChangeSize.values)}
        raise InvalidInput(sentence, fields={"change_size": sentence})


def _principle_fault(number: int, principle: PrincipleSpec) -> str:
    """What is wrong with the principle of that number, empty where nothing is."""
    texts = (
        *(principle.text, principle.training_form, principle.source, principle.scope),
        *(principle.examples_for, principle.examples_against, principle.why),
    )
    if max(len(text or "") for text in texts) > PRINCIPLE_LIMIT:
        sentence = _("A text of P%(number)d is longer than %(limit)d characters.")
        return sentence % {"number": number, "limit": PRINCIPLE_LIMIT}
    if not 0 <= (principle.precedence or 0) <= LAST_RANK:
        sentence = _("The precedence of P%(number)d is a whole number from 0 to %(last)d.")
        return sentence % {"number": number, "last": LAST_RANK}
    if len(principle.evidence) > MOST_EVIDENCE:
        sentence = _("P%(number)d names more than %(limit)d tasks as evidence.")
        return sentence % {"number": number, "limit": MOST_EVIDENCE}
    return ""


def _example_fault(number: int, example: ExampleSpec) -> str:
    """What is wrong with the example of that number, empty where nothing is."""
    parts = (example.prompt, *example.responses, example.answer, example.rationale)
    if number > MOST_EXAMPLES:
        return _("At most %(limit)d worked examples.") % {"limit": MOST_EXAMPLES}
    if example.kind not in EXAMPLE_KINDS:
        known = ", ".join(EXAMPLE_KINDS)
        sentence = _("Example %(number)d is none of: %(known)s.")
        return sentence % {"number": number, "known": known}
    if not (example.answer.strip() and example.rationale.strip()):
        return _("Example %(number)d needs its answer, and why.") % {"number": number}
    if max(len(part) for part in parts) > EXAMPLE_LIMIT or len(example.responses) > MOST_SHOWN:
        sentence = _(
            "Example %(number)d is too long: at most %(shown)d responses, and %(limit)d characters "
            "a text."
        )
        return sentence % {"number": number, "shown": MOST_SHOWN, "limit": EXAMPLE_LIMIT}
    return ""


def _guidance_fault(project: Project, guidance: Sequence[GuidanceSpec]) -> str:
    """What is wrong with what is said question by question, empty where nothing is."""
    if not guidance:
        return ""
    known = set(Criterion.objects.filter(project=project).values_list("key", flat=True))
    keys: set[str] = set()
    ranks: dict[int, str] = {}
    for entry in guidance:
        about = {"criterion": entry.criterion}
        if entry.criterion not in known:
            return _("This project has no question with the key “%(criterion)s”.") % about
        if entry.criterion in keys:
            return _("“%(criterion)s” stands there twice; say all of it once.") % about
        keys.add(entry.criterion)
        if any(len(getattr(entry, name)) > GUIDANCE_LIMIT for name in GUIDANCE_TEXTS):
            sentence = _("A text on “%(criterion)s” is longer than %(limit)d characters.")
            return sentence % {**about, "limit": GUIDANCE_LIMIT}
        if entry.rank is None:
            continue
        if not 1 <= entry.rank <= LAST_RANK:
            sentence = _("The rank of “%(criterion)s” is a whole number from 1 to %(last)d.")
            return sentence % {**about, "last": LAST_RANK}
        if other := ranks.get(entry.rank):
            sentence = _("“%(other)s” and “%(criterion)s” have the same rank; one comes first.")
            return sentence % {**about, "other": other}
        ranks[entry.rank] = entry.criterion
    return ""
