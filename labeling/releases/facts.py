"""What a release takes from its project: recipe and criterion, pseudonyms, facts for the card."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import msgspec
import numpy as np
from django.db.models import Count, Max, Min, QuerySet

from labeling import stats
from labeling.datasets import signals
from labeling.datasets.context import GuidelineRecord, ReleaseContext, RubricRecord
from labeling.datasets.folds import FOLD_SALT, fold_agreement, rater_folds
from labeling.datasets.records import canonical_json
from labeling.figures import by_kind, per_response
from labeling.figures.acceptance import acceptance_of
from labeling.figures.beside import axis_figures
from labeling.figures.groups import groups_in_words
from labeling.figures.passes import first_passes, of_first_pass
from labeling.kinds import kind_for
from labeling.models import Answer, OpenPlace, Release, Task
from labeling.models.judgments import JudgmentQuerySet
from labeling.releases.axis_order import axis_order, order_in_words
from labeling.releases.checks import check_files
from labeling.releases.constitution import constitution_of
from labeling.releases.left_out import excluded_in_words
from labeling.releases.precedents import precedent_file
from labeling.releases.selectors import (
    Cutoff,
    Pseudonym,
    ReleaseRatings,
    counting_at,
    cutoff_of,
    not_counted,
    release_ratings,
    standing_judgments,
)
from labeling.releases.stages import qualification_in_words, qualification_of
from labeling.vocabulary import Purpose
from projects.guidelines.examples import example_json, examples_at
from projects.models import Criterion, Guideline, Principle, Project, RubricVersion
from projects.scales import PREFERENCES, RANKING, RESPONSE, REVIEWS


def release_salt(release: Release) -> str:
    """The secret behind a release's pseudonyms.

    It hangs on the frozen request: the same request gives the same files, and two different
    releases share no pseudonym. Nobody can compute it without the project's own secret.
    """
    asked = {**release_parameters(release), "reviewers": release.options.get("reviewers", [])}
    request = canonical_json(asked).encode()
    return hmac.new(release.project.salt.encode(), b"release" + request, sha256).hexdigest()


def release_parameters(release: Release) -> dict[str, Any]:
    """The frozen request, as the manifest prints it."""
    return {
        "recipe": release.recipe,
        "format": release.format,
        "file_type": release.file_type,
        "cutoff": release.cutoff,
        **({"rubric_version": release.rubric.number} if release.rubric else {}),
        # Who the reviewers are is nobody's business; their judgments carry a mark.
        **{name: value for name, value in release.options.items() if name != "reviewers"},
    }


def pseudonyms(salt: str) -> Pseudonym:
    """Names that mean nothing outside one release."""
    key = salt.encode()

    def name(kind: str, pk: int) -> str:
        return f"{kind}-{hmac.digest(key, f'{kind} {pk}'.encode(), 'sha256').hex()[:16]}"

    return name


def _guideline_records(
    release: Release, guidelines: QuerySet[Guideline]
) -> tuple[GuidelineRecord, ...]:
    """The versions in use; with the newest go the worked examples that were in force when the
    release was asked for."""
    newest = guidelines.last()
    worked = [example_json(row) for row in examples_at(release.project, release.created_at)]

    def examples_of(guideline: Guideline) -> tuple[dict[str, Any], ...]:
        of_project = worked if guideline == newest else ()
        return (*guideline.examples, *(row for row in of_project if row not in guideline.examples))

    return tuple(
        GuidelineRecord(
            guideline.number,
            guideline.text,
            guideline.change_note,
            guideline.priority_order,
            guideline.trade_off_rule,
            examples_of(guideline),
            tuple(guideline.guidance),
        )
        for guideline in guidelines
    )


def release_context(release: Release, criteria: Sequence[Criterion]) -> ReleaseContext:
    """What the card says beyond the rows; nothing in it depends on when or by whom it is built."""
    project, cutoff, names = release.project, cutoff_of(release), pseudonyms(release.salt)
    standing = standing_judgments(project, cutoff)
    order = axis_order(release, standing)
    qualification = qualification_of(project, cutoff)
    used, asked = (standing.order_by().values(n).distinct() for n in ("guideline_id", "rubric_id"))
    guidelines = Guideline.objects.filter(pk__in=used).order_by("number")
    limits = ("This is invented demonstration data: do not train on it.",) * project.is_demo
    if project.is_sensitive:
        limits += ("The project is marked as sensitive: texts may disturb.",)
    if excluded := release.options.get("excluded"):
        limits += (excluded_in_words(excluded),)
    return ReleaseContext(
        project=project.slug,
        name=project.name,
        parameters=release_parameters(release),
        guidelines=_guideline_records(release, guidelines),
        rubrics=tuple(
            RubricRecord(rubric.number, tuple(_asked(rubric)))
            for rubric in RubricVersion.objects.filter(pk__in=asked).order_by("number")
        ),
        principles=_principles(guidelines.values_list("pk", flat=True)),
        constitution=constitution_of(
            project, guidelines.last(), counting_at(project, cutoff), names
        ),
        agreement=_agreement(project, criteria, cutoff, release.salt),
        withheld=asdict(not_counted(project, cutoff)),
        versions={
            "Concord": release.version,
            "msgspec": msgspec.__version__,
            "numpy": np.__version__,
            "pyarrow": version("pyarrow"),
        },
        licence=release.options["licence"] or "unknown",
        limits=limits,
        description=project.description,
        collection=(
            *_collection(release, order, qualification),
            *groups_in_words(
                project,
                set(standing.by_raters().order_by().values_list("rater", flat=True).distinct()),
                at=release.created_at,
            ),
        ),
        axis_order=order,
        qualification=qualification,
        checks=check_files(release, cutoff, names),
        beside=precedent_file(release, names),
    )


def _raters_a_task(release: Release) -> str:
    """How many raters the tasks have: a lead may change it task by task.

    A place that was opened because somebody is excluded makes it no more.
    """
    project = release.project
    tasks = Task.objects.filter(project=project, purpose=Purpose.LIVE)
    if release.withdrawn_tasks is None:
        tasks = tasks.in_play()
    else:
        tasks = tasks.exclude(pk__in=Task.objects.kept_withdrawn(release.pk).values("pk"))
    opened = OpenPlace.objects.filter(task__in=tasks).values_list("task__overlap", "task")
    more = opened.annotate(n=Count("pk"))
    fewer = {overlap - n for overlap, _task, n in more if overlap is not None}
    numbers = tasks.filter(open_places__isnull=True).aggregate(Min("overlap"), Max("overlap"))
    fewer |= {number for number in numbers.values() if number is not None}
    least, most = (min(fewer), max(fewer)) if fewer else (project.overlap, project.overlap)
    span = f"{least}" if least == most else f"{least} to {most}"
    return f"{span} different rater{'s' * (most != 1)}"


def _asked(rubric: RubricVersion) -> Iterator[dict[str, object]]:
    """The questions of a version that were asked, without what only the database knows."""
    for question in rubric.criteria:
        if not question["retired"]:
            yield {n: value for n, value in question.items() if n not in {"id", "retired"}}


def _collection(
    release: Release, order: Mapping[str, Any] | None, qualification: Mapping[str, Any] | None
) -> tuple[str, ...]:
    """How the project has its tasks judged, a sentence each."""
    project = release.project
    sentences = [
        f"Each task is to be judged by {_raters_a_task(release)}; who gets it is drawn, and so is "
        "the order on the screen.",
        "Raters do not see which model wrote a response."
        if project.is_blind
        else "Raters may see which model wrote a response.",
    ]
    if project.allow_both_bad or project.allow_cannot_tell:
        more = [
            name
            for name, allowed in (
                ("both are bad", project.allow_both_bad),
                ("they cannot tell", project.allow_cannot_tell),
            )
            if allowed
        ]
        sentences.append(f"Raters may say that {' or that '.join(more)}.")
    if order:
        sentences.append(order_in_words(order))
    if qualification:
        sentences.append(qualification_in_words(qualification))
    if project.overlap_where_split:
        sentences.append(
            f"A task whose raters are more than {project.split_beyond} apart on the primary "
            f"question gets {project.overlap_where_split} of them: such tasks have more votes."
        )
    if project.rationale_required:
        sentences.append("Raters must give a rationale.")
    if project.edit_winner:
        sentences.append("Raters may improve the response that they prefer.")
    if not project.allow_paste:
        sentences.append("Nothing can be pasted into what raters write.")
    return tuple(sentences)


def _principles(guidelines: Any) -> tuple[dict[str, object], ...]:
    rows = Principle.objects.filter(guideline__in=list(guidelines)).order_by(
        "guideline__number", "number"
    )
    return tuple(
        {
            "guideline_version": number,
            "number": principle.number,
            "key": principle.key,
            "title": principle.title,
            "text": principle.text,
            "training_form": principle.training_form,
        }
        for principle, number in (
            (principle, principle.guideline.number)
            for principle in rows.select_related("guideline")
        )
    )


def _folds(project: Project, cutoff: Cutoff, salt: str) -> dict[int, int]:
    """The fold of each rater by user id: what the build finds by pseudonym."""
    name = pseudonyms(salt)
    standing = standing_judgments(project, cutoff)
    volumes = standing.order_by().values_list("rater").annotate(n=Count("pk"))
    counts = {rater: (name("rater", rater), n) for rater, n in volumes}
    folds = rater_folds(dict(counts.values()), salt=FOLD_SALT)
    return {rater: folds[pseudonym] for rater, (pseudonym, _) in counts.items()}


def _fold_agreement(answers: ReleaseRatings, folds: Mapping[int, int]) -> dict[str, Any]:
    """Agreement inside each fold of raters and with the others: a habit of one group shows.

    Answers are compared whole, so that those which tell the side only are left out.
    """
    ratings, whole = answers.ratings, ~answers.side_only
    prompt = None if ratings.cluster is None else ratings.cluster[whole]
    folded = fold_agreement(
        ratings.unit[whole], ratings.rater[whole], ratings.value[whole], folds, prompt=prompt
    )
    return {
        f"fold {fold.fold}": {
            "within": signals.rounded_figure(fold.within),
            "with others": signals.rounded_figure(fold.others),
        }
        for fold in folded
    }


def _agreement(
    project: Project, criteria: Sequence[Criterion], cutoff: Cutoff, release_salt: str
) -> dict[str, Any]:
    """Agreement at the cut-off on the released criteria, without anything about one rater.

    Each has the statistics that are right for its answers (docs/statistics.md).
    """
    folds = _folds(project, cutoff, release_salt)
    reports: dict[str, Any] = {}
    for criterion in criteria:
        kind = kind_for(criterion.scale)
        if not kind.is_preference:
            reports[criterion.key] = _of_responses(criterion, counting_at(project, cutoff))
            continue
        answers = release_ratings(project, criterion, cutoff)
        report, _pairs = stats.criterion_report(
            answers.ratings,
            answers.categories,
            preference=kind.is_preference,
            side_only=answers.side_only,
        )
        report["rater_folds"] = _fold_agreement(answers, folds)
        reports[criterion.key] = {"answer": criterion.scale.answer, **report}
    axes = _axes(project, cutoff) if any(c.family == PREFERENCES for c in criteria) else None
    return {"project": project.slug, **({"axes": axes} if axes else {}), "criteria": reports}


def _axes(project: Project, cutoff: Cutoff) -> dict[str, Any] | None:
    """How far the comparisons beside the primary one pull apart, whichever are released, and what
    overall goes with."""
    compared = project.criteria.filter(family=PREFERENCES).select_related("project")
    asked = project.criteria.filter(family__in=(PREFERENCES, RESPONSE))
    if asked.count() < 2:
        return None
    passes = first_passes(project)
    sides = {
        criterion: stats.verdicts(
            of_first_pass(release_ratings(project, criterion, cutoff).ratings, passes)
        )
        for criterion in compared
    }
    overall = next((sides[criterion] for criterion in compared if criterion.is_primary), None)
    axes = {criterion.key: own for criterion, own in sides.items() if not criterion.is_primary}
    answers = Answer.objects.filter(judgment__in=counting_at(project, cutoff).live().order_by())
    return axis_figures(project, axes, overall, answers)


def _of_responses(criterion: Criterion, counting: JudgmentQuerySet) -> dict[str, Any]:
    """The figures of answers about single responses: rankings, ratings, rules, and reviews."""
    scale = criterion.scale
    if scale.family == REVIEWS:
        acceptance = acceptance_of(counting.filter(task__reviews__isnull=False))
        names = ("first_pass", "accepted", "score", "distance")
        figures = {name: getattr(acceptance, name).as_dict() for name in names}
        counts = {"answers_reviewed": acceptance.demonstrations, "reviews": acceptance.reviews}
        return {"answer": REVIEWS, **figures, "counts": counts}
    answers = Answer.objects.filter(judgment__in=counting.live().order_by())
    answers = answers.order_by("judgment_id", "pk")  # the same request gives the same files
    if scale.family == RANKING:
        return by_kind.ranking_figures(per_response.ranked_answers(criterion, answers))[0]
    return by_kind.rating_figures(per_response.rated_answers(criterion, answers))[0]
