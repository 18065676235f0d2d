"""The agreement of a project as the API tells it: a shape for each kind of answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from labeling.lead.agreement.axes_serializers import (
    AxesSerializer,
    FigureSerializer,
    ValueSerializer,
)
from labeling.lead.agreement.mark_serializers import PassagesSerializer, RegionsSerializer
from labeling.lead.agreement.selectors import ResponseOrder
from labeling.lead.agreement.version_serializers import VersionsSerializer
from projects.scales import CONVERSATION, GATE, ORDINAL, PER_PRINCIPLE, PREFERENCES, RANKING, YES_NO


class SideBiasSerializer(FigureSerializer):
    """A share, and how likely one so far from one half is by chance."""

    p = serializers.FloatField(
        allow_null=True, help_text="Of an exact two-sided test; null without preferences."
    )


class PercentSerializer(serializers.Serializer[Any]):
    """Percent agreement under the three conventions for ties."""

    exact = FigureSerializer()
    half = FigureSerializer()
    drop = FigureSerializer()


class AlphaSerializer(serializers.Serializer[Any]):
    """Krippendorff's alpha by level of measurement."""

    nominal = FigureSerializer()
    ordinal = FigureSerializer()
    interval = FigureSerializer()
    symmetric = FigureSerializer()


class PairSerializer(serializers.Serializer[Any]):
    """Two raters who judged the same tasks; of rankings, by the order of their responses."""

    a = serializers.CharField()
    b = serializers.CharField()
    n = serializers.IntegerField(help_text="Tasks, or responses judged one by one, of both.")
    percent = FigureSerializer(required=False)
    cohen_kappa = FigureSerializer(required=False)
    kendall_tau = FigureSerializer(required=False, help_text="Of rankings alone.")


class _TaskCountsSerializer(serializers.Serializer[Any]):
    """What figures of whole tasks rest on."""

    pairs_of_raters = serializers.IntegerField(help_text="In the list of pairs.")
    tasks = serializers.IntegerField()
    judgments = serializers.IntegerField()
    raters = serializers.IntegerField()
    tasks_judged_twice = serializers.IntegerField()
    pairs_of_judgments = serializers.IntegerField()


class CountsSerializer(_TaskCountsSerializer):
    """What the figures of a criterion rest on."""

    pairs_of_raters_apart = serializers.IntegerField(help_text="Pairs that share no task.")
    side_only = serializers.IntegerField(
        help_text="Answers that tell which response is better and not how much: they count in "
        "`same_side`, `side_alpha` and `noise_ceiling` only."
    )


class TurnSerializer(serializers.Serializer[Any]):
    """The agreement at one turn of conversations: the first 20 by depth, none without any."""

    turn = serializers.IntegerField()
    judged = serializers.IntegerField(help_text="Tasks, or responses where they are judged alone.")
    agreement = FigureSerializer(
        help_text="Pairs of judgments with the same answer; of preferences on the same side."
    )
    beyond_chance = FigureSerializer(
        help_text="The alpha of preferences, tau-b of rankings, AC1 of others."
    )


class CirclesSerializer(FigureSerializer):
    """Circular triads over triples with all three pairs decided."""

    circular = serializers.IntegerField(help_text="How many triples go in a circle.")


class PreferenceAgreementSerializer(serializers.Serializer[Any]):
    """The agreement on preferences."""

    answer = serializers.CharField(help_text="Always `preference`.")
    percent_agreement = PercentSerializer()
    same_side = PercentSerializer(
        allow_null=True, help_text="On the preferred side alone, however strongly."
    )
    krippendorff_alpha = AlphaSerializer()
    side_alpha = FigureSerializer(
        allow_null=True, help_text="Alpha of the preferred side alone, however strongly."
    )
    fleiss_kappa = FigureSerializer()
    gwet_ac1 = FigureSerializer()
    brennan_prediger = FigureSerializer()
    noise_ceiling = FigureSerializer(
        help_text="The best accuracy against single answers that this agreement allows."
    )
    self_consistency = FigureSerializer(
        help_text="Share of blind repeats that the same rater answered as before."
    )
    side_bias = SideBiasSerializer(
        help_text="Share of preferences for the response shown first; one half is no bias."
    )
    circular_triads = CirclesSerializer(
        help_text="Of each rater's preferences between the responses of a prompt, in tasks of "
        "their own."
    )
    consistence = FigureSerializer(help_text="Kendall's zeta of the same: 1 is a perfect order.")
    pairs = PairSerializer(
        many=True, help_text="The first 100, most shared tasks first; `list_pairs` has them all."
    )
    passages = PassagesSerializer(allow_null=True)
    regions = RegionsSerializer(allow_null=True)
    turns = TurnSerializer(many=True)
    guideline_versions = VersionsSerializer(
        allow_null=True, help_text="Null where judgments were given under one version alone."
    )
    counts = CountsSerializer()
    values = ValueSerializer(many=True, help_text="How often each strength was given.")


class RankingCountsSerializer(_TaskCountsSerializer):
    """What the figures of rankings rest on."""

    pairs_of_responses = serializers.IntegerField(help_text="That the rankings imply.")
    pairs_of_raters_apart = serializers.IntegerField(
        help_text="Pairs that share no task which both put in some order."
    )


class RankingAgreementSerializer(serializers.Serializer[Any]):
    """The agreement on rankings."""

    answer = serializers.CharField(help_text="Always `ranking`.")
    kendall_tau = FigureSerializer(help_text="Tau-b within tasks, the mean over raters and tasks.")
    kendall_w = FigureSerializer(
        help_text="W within tasks. Without agreement it is about 1 over the raters of a task."
    )
    percent_agreement = PercentSerializer(help_text="Of the pairs that rankings imply.")
    pair_alpha = FigureSerializer(help_text="Symmetric alpha of the same pairs.")
    ties = FigureSerializer(help_text="Pairs of a ranking that it puts level.")
    circular_triads = CirclesSerializer(help_text="Of the majorities of a task's rankings.")
    consistence = FigureSerializer(help_text="Kendall's zeta of the same: 1 is a perfect order.")
    contradictions = FigureSerializer(
        help_text="Pairs that a rater ranked one way and rated the other."
    )
    contradicted = serializers.CharField(
        allow_null=True, help_text="The key of the criterion whose ratings are meant."
    )
    pairs = PairSerializer(
        many=True, help_text="The first 100, most shared tasks first; `list_pairs` has them all."
    )
    self_consistency = FigureSerializer(
        help_text="Share of pairs of responses that the same rater put in the same order again, on "
        "blind repeats."
    )
    passages = PassagesSerializer(allow_null=True)
    regions = RegionsSerializer(allow_null=True)
    turns = TurnSerializer(many=True)
    counts = RankingCountsSerializer()


class ResponseCountsSerializer(serializers.Serializer[Any]):
    """What the figures of responses judged one by one rest on."""

    pairs_of_raters = serializers.IntegerField(help_text="In the list of pairs.")
    responses = serializers.IntegerField(help_text="By rule: responses, once a principle.")
    answers = serializers.IntegerField(help_text="Those without a value too.")
    raters = serializers.IntegerField()
    responses_judged_twice = serializers.IntegerField(help_text="With a value, by two raters.")
    pairs_of_judgments = serializers.IntegerField()
    pairs_of_raters_apart = serializers.IntegerField(help_text="Pairs that share no response.")
    unsure = serializers.IntegerField()
    not_applicable = serializers.IntegerField()


class _ResponseSerializer(serializers.Serializer[Any]):
    """What all answers on single responses have."""

    percent_agreement = FigureSerializer()
    gwet_ac1 = FigureSerializer(help_text="Steady where nearly all answers are alike.")
    unsure = FigureSerializer(help_text="Of all answers; they are in no other figure.")
    not_applicable = FigureSerializer(help_text="Of all answers; they are in no other figure.")
    self_consistency = FigureSerializer(
        help_text="Share of responses that the same rater answered as before on a blind repeat."
    )
    pairs = PairSerializer(
        many=True, help_text="The first 100, most shared first; `list_pairs` has them all."
    )
    passages = PassagesSerializer(allow_null=True)
    regions = RegionsSerializer(allow_null=True)
    turns = TurnSerializer(many=True)
    counts = ResponseCountsSerializer()
    values = ValueSerializer(many=True, help_text="How often each value was given.")


class RatingAlphaSerializer(serializers.Serializer[Any]):
    """Krippendorff's alpha of ratings by level of measurement."""

    nominal = FigureSerializer()
    ordinal = FigureSerializer()
    interval = FigureSerializer()


class RatingAgreementSerializer(_ResponseSerializer):
    """The agreement on ratings of each response."""

    answer = serializers.CharField(help_text="Always `ordinal`.")
    krippendorff_alpha = RatingAlphaSerializer()
    icc = serializers.DictField(
        child=FigureSerializer(), help_text="Intraclass correlations by Shrout and Fleiss' form."
    )
    yes = FigureSerializer(allow_null=True, help_text="Null: the scale has an order.")


class YesNoAgreementSerializer(_ResponseSerializer):
    """The agreement on questions answered with yes or no."""

    answer = serializers.CharField(help_text="Always `yes_no`.")
    krippendorff_alpha = RatingAlphaSerializer()
    icc = serializers.DictField(child=FigureSerializer(), allow_null=True, help_text="Null.")
    yes = FigureSerializer(allow_null=True, help_text="How often yes, of yes and no.")


class RuleAlphaSerializer(serializers.Serializer[Any]):
    """Krippendorff's alpha of the levels of a rule."""

    ordinal = FigureSerializer()


class PrincipleRateSerializer(serializers.Serializer[Any]):
    """How often one principle is broken."""

    principle = serializers.CharField(help_text="The key that it keeps over versions.")
    number = serializers.IntegerField(help_text="In the newest version that was judged by.")
    title = serializers.CharField()
    answers = serializers.IntegerField()
    unsure = serializers.IntegerField()
    violation = FigureSerializer()


class RuleAgreementSerializer(_ResponseSerializer):
    """The agreement on rules, broken or followed: the levels of a scale count as these two."""

    answer = serializers.CharField(help_text="Always `rule`.")
    krippendorff_alpha = RuleAlphaSerializer()
    violation = FigureSerializer(
        help_text="How often broken, of answers that tell. The upper end is what it may be at most."
    )
    principles = PrincipleRateSerializer(many=True, help_text="The 100 with most answers.")


class GateRateSerializer(serializers.Serializer[Any]):
    """How often one answer to a gate was given."""

    value = serializers.IntegerField()
    word = serializers.CharField()
    rate = FigureSerializer()


class GateAlphaSerializer(serializers.Serializer[Any]):
    """Krippendorff's alpha of answers that have no order."""

    nominal = FigureSerializer()


class GateCountsSerializer(_TaskCountsSerializer):
    """What the figures of a gate rest on."""

    pairs_of_raters_apart = serializers.IntegerField(help_text="Pairs that share no task.")


class GateAgreementSerializer(serializers.Serializer[Any]):
    """The agreement on whether tasks can be judged at all."""

    answer = serializers.CharField(help_text="Always `gate`.")
    percent_agreement = FigureSerializer()
    gwet_ac1 = FigureSerializer(help_text="Steady where nearly all answers are alike.")
    krippendorff_alpha = GateAlphaSerializer()
    stopped = FigureSerializer(
        help_text="How often a task was not judged; such judgments are in no other figure."
    )
    rates = GateRateSerializer(many=True)
    pairs = PairSerializer(
        many=True, help_text="The first 100, most shared tasks first; `list_pairs` has them all."
    )
    passages = PassagesSerializer(allow_null=True)
    regions = RegionsSerializer(allow_null=True)
    turns = TurnSerializer(many=True)
    counts = GateCountsSerializer()
    values = ValueSerializer(many=True, help_text="How often each answer was given.")


class ConversationAgreementSerializer(RatingAgreementSerializer):
    """The agreement on ratings of the conversation: its counts of responses are of tasks."""

    answer = serializers.CharField(help_text="Always `conversation`.")


_BY_ANSWER: dict[str, serializers.Serializer[Any] | type[serializers.Serializer[Any]]] = {
    PREFERENCES: PreferenceAgreementSerializer,
    RANKING: RankingAgreementSerializer,
    ORDINAL: RatingAgreementSerializer,
    YES_NO: YesNoAgreementSerializer,
    PER_PRINCIPLE: RuleAgreementSerializer,
    GATE: GateAgreementSerializer,
    CONVERSATION: ConversationAgreementSerializer,
}


class OrderSerializer(serializers.Serializer[Any]):
    """Which response of a task figures take for the first."""

    order = serializers.ChoiceField(
        choices=list(ResponseOrder),
        default=ResponseOrder.ANY,
        help_text="`any`: figures of preferences do not depend on it. `source`: plain "
        "coefficients in the order of the imported rows, to compare with published figures.",
    )


class PairsQuerySerializer(OrderSerializer):
    """Which pairs of raters to list."""

    criterion = serializers.CharField(help_text="The key of a criterion.")


class AgreementSerializer(serializers.Serializer[Any]):
    """The agreement of a project; `criteria` by key."""

    computed_at = serializers.DateTimeField()
    newer = serializers.IntegerField(
        help_text="Judgments since, which are not in it. A large project is computed anew in the "
        "background while it is asked for."
    )
    project = serializers.CharField()
    order = serializers.ChoiceField(choices=list(ResponseOrder))
    tasks = serializers.IntegerField()
    judgments = serializers.IntegerField()
    raters = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Judgments that the figures leave out.")
    unordered = serializers.IntegerField(
        help_text="Judgments left out because the order of their imported row is not known."
    )
    rubric_versions = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Judgments by the version of the questions they were given under; imported "
        "labels were asked elsewhere.",
    )
    axes = AxesSerializer(
        allow_null=True, help_text="Null where nothing is compared beside the primary question."
    )
    criteria = serializers.DictField(
        child=PolymorphicProxySerializer(
            component_name="CriterionAgreement",
            serializers=_BY_ANSWER,
            resource_type_field_name="answer",
        ),
        help_text="By key; `answer` says which shape the figures have.",
    )
