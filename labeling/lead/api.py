"""Figures: what is left, how well raters agree, what each rater did."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling import stats
from labeling.lead.agreement.axes_serializers import FigureSerializer
from labeling.lead.agreement.report import agreement_at_hand, agreement_state, pairs_of_raters
from labeling.lead.agreement.selectors import ResponseOrder
from labeling.lead.agreement.serializers import (
    AgreementSerializer,
    OrderSerializer,
    PairSerializer,
    PairsQuerySerializer,
)
from labeling.lead.overview.report import overview_at_hand
from labeling.lead.overview.selectors import days_left
from labeling.lead.raters.downloads import rater_pseudonym
from labeling.lead.raters.report import raters_at_hand
from labeling.lead.raters.selectors import as_json, spread
from labeling.lead.writing.selectors import WritingFigures, writing_figures
from labeling.work.api import NOT_YET, not_yet
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.exceptions import InvalidInput
from projects.permissions import Action

_TAGS = ["figures"]


class DaySerializer(serializers.Serializer[Any]):
    """Judgments given on one day."""

    day = serializers.DateField()
    judgments = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer[Any]):
    """Counts of live tasks; every task wants as many judgments as its overlap."""

    computed_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: at this moment. Large projects: some minutes ago."
    )
    tasks = serializers.IntegerField()
    complete = serializers.IntegerField()
    wanted = serializers.IntegerField(help_text="Judgments wanted in all.")
    submitted = serializers.IntegerField(help_text="Wanted judgments that are there.")
    leased = serializers.IntegerField(help_text="Tasks on a rater's screen now.")
    left = serializers.IntegerField()
    percent = serializers.IntegerField()
    judgments = serializers.IntegerField(help_text="Judgments that count, of every purpose.")
    raters = serializers.IntegerField()
    unclaimed = serializers.IntegerField(
        help_text="Places of later turns of conversations that wait for nobody: no further rater "
        "chose the reply that they follow. They are not wanted."
    )
    days_left = FigureSerializer(
        allow_null=True,
        help_text="At the pace of the last full days, seven at most; null once nothing is left. "
        "Without three full days of work its value is null, and `reason` says so.",
    )
    per_day = DaySerializer(many=True, help_text="The last 28 days (UTC), imports left out.")


class RaterSerializer(serializers.Serializer[Any]):
    """One rater of a project."""

    rater = serializers.CharField()
    pseudonym = serializers.CharField(help_text="By which `exclusion/` and `time.csv` know them.")
    judgments = serializers.IntegerField(
        help_text="Of every kind of task; ties, sides and agreement are of comparisons alone."
    )
    median_active_ms = serializers.FloatField(allow_null=True)
    timed = serializers.IntegerField(
        help_text="Judgments whose time was measured: given here, and not cut."
    )
    ties = FigureSerializer()
    left_side = FigureSerializer()
    agreement = FigureSerializer()
    accuracy = FigureSerializer(
        help_text="Expected accuracy of comparisons by what all said of the same tasks (Dawid and "
        "Skene); null below 30 tasks shared with others. Where taste decides it is no accuracy."
    )
    gold = FigureSerializer(help_text="Share of gold tasks answered on the right side.")
    gold_accuracy = FigureSerializer(help_text="Posterior mean of the accuracy on gold.")
    gold_above_075 = serializers.FloatField(
        allow_null=True, help_text="Posterior probability that it exceeds 0.75; null without gold."
    )
    self_consistency = FigureSerializer(
        help_text="Share of tasks that came again and got the same canonical answer."
    )
    susceptibility = FigureSerializer(
        help_text="Share of gold tasks on which the pleasant and wrong answer was preferred."
    )
    imported = serializers.BooleanField(help_text="Stands for somebody who judged elsewhere.")
    excluded = serializers.IntegerField(help_text="Judgments of any purpose, in none of these.")


class SpreadSerializer(serializers.Serializer[Any]):
    """How far the judgments are spread over the raters."""

    effective_raters = FigureSerializer(
        help_text="1 / sum of squared shares: so many equally active raters would be as "
        "concentrated."
    )
    top_five_share = FigureSerializer(help_text="Judgments by the five most active raters.")


class RatersSerializer(serializers.Serializer[Any]):
    """The raters of a project, most judgments first."""

    computed_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: at this moment. Large projects: in the background."
    )
    newer = serializers.IntegerField(help_text="Judgments since, which are in no row.")
    spread = SpreadSerializer()
    raters = RaterSerializer(many=True)


class ProjectProgress(ApiView):
    """What is there and what is left."""

    @extend_schema(
        operation_id="read_progress",
        summary="What is there, what is left, how fast it goes",
        tags=_TAGS,
        responses={200: ProgressSerializer, 202: NOT_YET, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Counts, not estimates; `days_left` alone looks ahead."""
        project = self.access(slug, Action.SEE_TASKS).project
        hand = overview_at_hand(project)
        progress, history = hand.counts, hand.history
        if progress is None:
            return not_yet(hand.progress)
        forecast = days_left(progress, history)
        return Response(
            {
                "computed_at": hand.computed_at,
                "tasks": progress.tasks,
                "complete": progress.complete,
                "wanted": progress.wanted,
                "submitted": progress.submitted,
                "leased": progress.leased,
                "left": progress.left,
                "percent": progress.percent,
                "judgments": progress.judgments,
                "raters": progress.raters,
                "unclaimed": progress.unclaimed,
                "days_left": forecast.as_dict() if forecast else None,
                "per_day": [{"day": day.day, "judgments": day.count} for day in history],
            }
        )


class ProjectAgreement(ApiView):
    """How well raters agree."""

    @extend_schema(
        operation_id="read_agreement",
        summary="Agreement per criterion, each figure with n and interval",
        tags=_TAGS,
        parameters=[OrderSerializer],
        responses={200: AgreementSerializer, 202: NOT_YET, **refusals(400, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """From judgments that count; raters are numbered where you may not see who they are."""
        access = self.access(slug, Action.SEE_AGREEMENT)
        names = access.may(Action.SEE_RATERS)
        query = OrderSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        order = ResponseOrder(query.validated_data["order"])
        hand = agreement_at_hand(access.project, show_names=names, order=order)
        if hand.report is None:
            return not_yet(hand.progress)
        return Response({"computed_at": hand.computed_at, "newer": hand.newer, **hand.report})


class ProjectPairs(ApiView):
    """The pairs of raters of one criterion."""

    @extend_schema(
        operation_id="list_pairs",
        summary="Agreement rater by rater, most shared tasks first",
        tags=_TAGS,
        parameters=[PairsQuerySerializer, *PAGE_PARAMETERS],
        responses={200: paged(PairSerializer), 202: NOT_YET, **refusals(400, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """As of the report that `read_agreement` returns; two hundred thousand are no rarity."""
        access = self.access(slug, Action.SEE_AGREEMENT)
        query = PairsQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        criterion = query.validated_data["criterion"]
        state = agreement_state(access.project, ResponseOrder(query.validated_data["order"]))
        if state.report is None:
            return not_yet(state.progress)
        if criterion not in state.report.data["criteria"]:
            sentence = _("The project has no criterion of this key.")
            raise InvalidInput(sentence, fields={"criterion": sentence})
        names = access.may(Action.SEE_RATERS)
        pairs = pairs_of_raters(state.report, criterion, show_names=names)
        return page_reply(self, pairs, dict)


class ProjectRaters(ApiView):
    """What each rater did."""

    @extend_schema(
        operation_id="list_raters",
        summary="One row a rater, each share with n and interval",
        tags=_TAGS,
        responses={200: RatersSerializer, 202: NOT_YET, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """From judgments of live tasks that count."""
        project = self.access(slug, Action.SEE_RATERS).project
        hand = raters_at_hand(project)
        if hand.rows is None:
            return not_yet(hand.progress)
        shares = spread(hand.rows)
        return Response(
            {
                "computed_at": hand.computed_at,
                "newer": hand.newer,
                "spread": {
                    "effective_raters": shares.effective.as_dict(),
                    "top_five_share": shares.top.as_dict(),
                },
                "raters": [
                    {"pseudonym": rater_pseudonym(project, row.rater.pk), **figures}
                    for row, figures in zip(hand.rows, as_json(hand.rows), strict=True)
                ],
            }
        )


class WritingSerializer(serializers.Serializer[Any]):
    """Acceptance, scores, changes and how texts came about."""

    demonstrations = serializers.IntegerField(help_text="Answers of which a draft was reviewed.")
    drafts = serializers.IntegerField()
    reviews = serializers.IntegerField()
    first_pass = FigureSerializer(help_text="Answers whose first draft was approved as it was.")
    accepted = FigureSerializer(help_text="Answers whose last reviewed draft was approved.")
    score = FigureSerializer(help_text="Mean score of the last reviewed drafts.")
    distance = FigureSerializer(help_text="Mean share of words changed by the reviewer.")
    minutes = FigureSerializer(help_text="Median active minutes at a draft.")
    edit_size = FigureSerializer(help_text="Median share of words that authors changed in drafts.")
    improved = FigureSerializer(
        help_text="Comparisons whose winner was improved, of those that prefer a response and were "
        "judged while that was offered."
    )
    no_ops = FigureSerializer(help_text="Opened editors of winners that changed no word.")
    winner_edit_size = FigureSerializer(help_text="Median share of words changed in a winner.")
    much_pasted = FigureSerializer(help_text="Texts of which most was pasted.")
    declares = FigureSerializer(help_text="Texts whose author declared a tool.")
    declared = serializers.IntegerField(help_text="Texts with a tool declared,")
    detected = serializers.IntegerField(help_text="of which most was pasted,")
    both = serializers.IntegerField(help_text="and with both.")


class ProjectWriting(ApiView):
    """What raters write."""

    @extend_schema(
        operation_id="read_writing",
        summary="Acceptance, scores and changes of written texts, each figure with n and interval",
        tags=_TAGS,
        responses={200: WritingSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """From texts, reviews and judgments that count."""
        return Response(_plain(writing_figures(self.access(slug, Action.SEE_RATERS).project)))


def _plain(figures: WritingFigures) -> dict[str, Any]:
    values = {field.name: getattr(figures, field.name) for field in fields(figures)}
    return {
        name: value.as_dict() if isinstance(value, stats.Figure) else value
        for name, value in values.items()
    }
