"""Reads of the rubric: its questions, its versions, and in words what changed between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from projects.models import Criterion, Project, RubricVersion
from projects.own_scales import own_scale, own_scale_text
from projects.scales import SCALES, Scale


def asked_criteria(project: Project) -> list[Criterion]:
    """The questions that raters are asked now, in their order."""
    return list(Criterion.objects.filter(project=project, retired_at=None))


def asked_in(criteria: Sequence[Mapping[str, Any]], project: Project) -> list[Criterion]:
    """The questions that a version of a project's rubric asked, in their order."""
    return [
        Criterion(
            id=question["id"],
            project=project,
            key=question["key"],
            wording=question["wording"],
            short_label=question["short_label"],
            help_text=question["help_text"],
            scale_key=question["scale"],
            own_scale=_own_text(question),
            is_primary=question["primary"],
            is_required=question["required"],
        )
        for question in criteria
        if not question["retired"]
    ]


def _own_text(question: Mapping[str, Any]) -> str:
    """The words of a scale that is the project's own, as its question keeps them."""
    own = question.get("own_scale")
    return own_scale_text(own) if own else ""


def scale_then(question: Mapping[str, Any]) -> Scale:
    """The scale that a question of a version was answered on."""
    own = question.get("own_scale")
    return own_scale(own_scale_text(own)) if own else SCALES[question["scale"]]


def get_question(project: Project, key: str) -> Criterion | None:
    """The question of that key, retired or not, or None."""
    return Criterion.objects.filter(project=project, key=key).first()


def rubric_versions(project: Project) -> QuerySet[RubricVersion]:
    """Every version, newest first."""
    return RubricVersion.objects.filter(project=project).select_related("created_by")


def rubric_number(project: Project) -> int | None:
    """The number of the version in force, None for a project that has none."""
    numbers = RubricVersion.objects.filter(project=project).values_list("number", flat=True)
    return numbers.first()


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A version with what it changed since the one before, a sentence each."""

    version: RubricVersion
    changes: Sequence[str]


def version_changes(versions: Sequence[RubricVersion]) -> list[VersionChange]:
    """The versions, newest first, with what changed; the oldest is compared with nothing."""
    before = [*(version.criteria for version in versions[1:]), None]
    return [
        VersionChange(version, rubric_changes(former, version.criteria))
        for version, former in zip(versions, before, strict=True)
    ]


def rubric_changes(
    before: Sequence[Mapping[str, Any]] | None, after: Sequence[Mapping[str, Any]]
) -> list[str]:
    """What changed from one version's questions to the next's, a sentence each."""
    if before is None:
        return []
    former = {question["id"]: question for question in before}
    sentences: list[str] = []
    for question in after:
        old = former.pop(question["id"], None)
        if old is None:
            words = _("“%(key)s” was added: %(wording)s")
            sentences.append(words % {"key": question["key"], "wording": question["wording"]})
        else:
            sentences += _question_changes(old, question)
    sentences += [_("“%(key)s” was deleted.") % {"key": gone["key"]} for gone in former.values()]
    if _order(before, after) != _order(after, before):
        order = ", ".join(question["key"] for question in after if not question["retired"])
        sentences.append(_("The order is now %(order)s.") % {"order": order})
    return sentences


def spanned_wordings(project: Project, judgments: Mapping[str, int]) -> dict[int, str]:
    """A sentence for each question that was put in several ways where these judgments were given.

    By the criterion's id; `judgments` counts them by the number of their version, as a report
    keeps it.
    """
    numbers = [int(number) for number in judgments]
    ways: dict[int, dict[tuple[str, str], list[int]]] = {}
    for version in RubricVersion.objects.filter(project=project, number__in=numbers).reverse():
        for question in version.criteria:
            way = (question["wording"], question["help_text"])
            if not question["retired"]:
                ways.setdefault(question["id"], {}).setdefault(way, []).append(version.number)
    sentence = _("These figures put judgments of several wordings together: %(wordings)s.")
    return {
        pk: sentence % {"wordings": "; ".join(_wording(*item) for item in of_question.items())}
        for pk, of_question in ways.items()
        if len(of_question) > 1
    }


def _wording(way: tuple[str, str], numbers: Sequence[int]) -> str:
    versions = ", ".join(f"v{number}" for number in numbers)
    return _("“%(wording)s” under %(versions)s") % {"wording": way[0], "versions": versions}


def several_versions(judgments: Mapping[str, int]) -> str:
    """Which versions of the questions these judgments were given under, where several, in words."""
    if len(judgments) < 2:
        return ""
    versions = ", ".join(f"v{number}" for number in judgments)
    return _("The questions were changed meanwhile: judgments under %(versions)s are together.") % {
        "versions": versions
    }


def _order(
    questions: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> list[int]:
    """The questions asked in both, in the order of the first."""
    shared = {question["id"] for question in others if not question["retired"]}
    return [q["id"] for q in questions if not q["retired"] and q["id"] in shared]


def _question_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    key = {"key": new["key"]}
    sentences = []
    if old["key"] != new["key"]:
        sentences.append(_("“%(old)s” is now “%(key)s”.") % {**key, "old": old["key"]})
    for name, words in (
        ("wording", _("“%(key)s” is asked in other words: “%(old)s” became “%(new)s”.")),
        ("short_label", _("The short label of “%(key)s”: “%(old)s” became “%(new)s”.")),
    ):
        if old[name] != new[name]:
            sentences.append(words % {**key, "old": old[name], "new": new[name]})
    if old["help_text"] != new["help_text"]:
        sentences.append(_("The help of “%(key)s” changed.") % key)
    if (old["scale"], old.get("own_scale")) != (new["scale"], new.get("own_scale")):
        scales = {"old": _scale(old["scale"]), "new": _scale(new["scale"])}
        words = _("The scale of “%(key)s”: %(old)s became %(new)s.")
        sentences.append(words % {**key, **scales})
    if new["primary"] and not old["primary"]:
        sentences.append(_("“%(key)s” is the primary question.") % key)
    if old["required"] != new["required"]:
        required, optional = _("“%(key)s” must be answered."), _("“%(key)s” may be left out.")
        sentences.append((required if new["required"] else optional) % key)
    if old["retired"] != new["retired"]:
        gone, back = _("“%(key)s” was retired."), _("“%(key)s” is asked again.")
        sentences.append((gone if new["retired"] else back) % key)
    return sentences


def _scale(key: str) -> str:
    return _(SCALES[key].title) if key in SCALES else key
