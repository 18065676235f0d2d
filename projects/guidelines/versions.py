"""Versions of the guideline and what changed between two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.guidelines.content import GUIDANCE_LABELS
from projects.models import Guideline, Project, User
from projects.project_templates import GUIDANCE_TEXTS

#: About an eighth of a second.
_MOST_STEPS = 10_000_000
#: Unchanged lines shown around a change.
CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: `same`, `added`, `removed`, or a `gap` of unchanged lines."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the guideline in which something changed."""

    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class News:
    """What somebody who has read `before` has to learn: the versions since, newest first,
    and what changed in all of them together."""

    before: Guideline
    since: list[Guideline]
    sections: list[Section]


def news_for(user: User, guideline: Guideline) -> News | None:
    """What is new in this version for this reader; None where they have read it, or none at all."""
    read = Guideline.objects.filter(project=guideline.project, acknowledgements__user=user)
    before = read.defer("html").order_by("-number").first()
    if before is None or before.number >= guideline.number:
        return None
    published = Guideline.objects.filter(project=guideline.project, number__gt=before.number)
    since = published.filter(number__lte=guideline.number).defer("html").order_by("-number")
    return News(before, list(since), compare(before, guideline))


def versions(project: Project) -> list[Guideline]:
    """All versions, newest first."""
    published = Guideline.objects.filter(project=project).defer("html")
    published = published.select_related("published_by")
    return list(published.order_by("-number"))


def get_version(project: Project, number: int) -> Guideline | None:
    """One version, or None."""
    numbered = Guideline.objects.filter(project=project, number=number)
    return numbered.select_related("published_by").first()


def compare(before: Guideline, after: Guideline) -> list[Section]:
    """What changed from one version to another, part by part; parts that are alike left out."""
    parts = (
        (_("Text"), before.text, after.text),
        (_("Question by question"), _guidance(before), _guidance(after)),
        (_("Principles"), _principles(before), _principles(after)),
        (_("Order of priority"), before.priority_order, after.priority_order),
        (_("When two good things pull apart"), before.trade_off_rule, after.trade_off_rule),
        # From one that holds none on, examples are the project's, which says itself what changed.
        (_("Worked examples"), _examples(before) if after.examples else "", _examples(after)),
    )
    sections = (
        Section(title, list(line_difference(old.splitlines(), new.splitlines())))
        for title, old, new in parts
    )
    return [section for section in sections if section.lines]


def _guidance(guideline: Guideline) -> str:
    lines: list[str] = []
    for entry in guideline.guidance:
        rank = _("rank %(rank)d") % {"rank": entry["rank"]} if entry["rank"] else ""
        lines.append(f"{entry['criterion']} {rank}".rstrip())
        for name in GUIDANCE_TEXTS:
            label = GUIDANCE_LABELS[name]
            lines += [f"    {label}: {line}" for line in entry[name].splitlines()]
    return "\n".join(lines)


def _examples(guideline: Guideline) -> str:
    lines: list[str] = []
    for number, example in enumerate(guideline.examples, start=1):
        lines.append(f"{number}. {example['kind']} {example['criterion']}".rstrip())
        parts = [example["prompt"], *example["responses"], example["answer"], example["rationale"]]
        lines += [f"    {line}" for part in parts for line in part.splitlines()]
    return "\n".join(lines)


def _principles(guideline: Guideline) -> str:
    lines = []
    for principle in guideline.principles.all():
        lines.append(f"P{principle.number} {principle.title}")
        lines += [f"    {line}" for line in principle.text.splitlines()]
        lines += [
            "    " + _("For training: %(line)s") % {"line": line}
            for line in principle.training_form.splitlines()
        ]
    return "\n".join(lines)


def line_difference(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Lines removed, then added, with a little of what stayed around them; nothing if alike.

    Texts that are long or repeat few lines are not compared line by line, which takes the cube of
    their length: what stands between the first and the last change is removed and added.
    """
    before = _alike(zip(old, new, strict=False))
    if before == len(old) == len(new):
        return
    after = _alike(zip(reversed(old[before:]), reversed(new[before:]), strict=False))
    start, rest = max(0, before - CONTEXT), max(0, after - CONTEXT)
    from_lines, to_lines = old[start : len(old) - rest], new[start : len(new) - rest]
    if start:
        yield Line("gap", _unchanged(start))
    if _steps(from_lines, to_lines) > _MOST_STEPS:
        yield from (Line("same", text) for text in old[start:before])
        yield from (Line("removed", text) for text in old[before : len(old) - after])
        yield from (Line("added", text) for text in new[before : len(new) - after])
        yield from (Line("same", text) for text in old[len(old) - after : len(old) - rest])
    else:
        yield from _fine_difference(from_lines, to_lines, rest)
        return
    if rest:
        yield Line("gap", _unchanged(rest))


def _fine_difference(old: Sequence[str], new: Sequence[str], rest: int) -> Iterator[Line]:
    """`rest` lines that stayed follow."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    end = 0
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if (skipped := group[0][1] - end) > 0:
            yield Line("gap", _unchanged(skipped))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (Line("same", text) for text in old[i1:i2])
                continue
            yield from (Line("removed", text) for text in old[i1:i2])
            yield from (Line("added", text) for text in new[j1:j2])
        end = group[-1][2]
    if rest := rest + (len(old) - end if end else 0):
        yield Line("gap", _unchanged(rest))


def _steps(old: Sequence[str], new: Sequence[str]) -> int:
    """At most so many steps find what stayed: in each round every pair of equal lines is a step."""
    of_new = Counter(new)
    equal = sum(n * of_new[line] for line, n in Counter(old).items())
    return (len(old) + equal) * (min(len(old), len(new), equal) + 1)


def _alike(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _unchanged(lines: int) -> str:
    return ngettext("%(lines)d line unchanged", "%(lines)d lines unchanged", lines) % {
        "lines": lines
    }
