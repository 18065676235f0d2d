"""Each public statistic is reached from a door, or waits for a page that is named here.

Nothing is written for a drawer: whoever adds a statistic says who will look at it. The list only
shrinks; the page that shows a name takes it off.
"""

from __future__ import annotations

from collections import Counter

from tests.architecture.statistics_graph import (
    is_door,
    public_names,
    reached_definitions,
    reached_modules,
)

MOST_WAITING = 76

#: Names that no door reaches yet, under the page that will show them.
WAITING: dict[str, str] = {
    "lead/agreement: by category, two raters, rankings, ratings, ceilings, a second interval": """
        MajorityCeiling agreement_by_category agreement_ceiling
        bootstrap_interval cohen_kappa conger_kappa fleiss_test flip_rate friedman_test icc
        kendall_tau kendall_tau_pairs kendall_w
        majority_ceiling mean_spearman scott_pi
    """,
    "lead/agreement: figures that follow every judgment without a recount": "Histogram",
    "lead/tasks: disagreement, its cause, stated against revealed priorities": """
        Disagreement Fit Mismatch Priorities disagreement_cause revealed_priorities ridge_logistic
    """,
    "lead/raters: consistency, agreement with the others, drift, concentration": """
        Cusum Ewma RepeatReport Residual SelfConsistency SwapTest
        Voter agreement_residuals alpha_without_each anomalous_voters concentration
        cusum ewma fisher_combination majority_agreement
        self_consistency
    """,
    "lead/raters: habits and pace, which of many raters stand out": """
        Runs answer_entropy expected_runs robust_z severity straight_lining
    """,
    "lead/review: consensus, and overlap that stops when it knows": """
        Decision FixedOverlap Mace RaterModel Sequential Spread StoppingRule Vote VoteShares mace
        rater_model_from_dawid_skene rater_model_from_gold vote_shares
    """,
    "lead/ranking: models, win rates, raw and at equal style": """
        EloRatings JudgedPairs RaterBradleyTerry elo plackett_luce rater_bradley_terry
    """,
    "lead/ranking: principles that go in circles": "Triads circular_triads consistence",
    "lead/planning: what the pairs to ask next tell, and what a label of a release costs": """
        comparison_information cost_per_retained_label
    """,
    "alignment/ai_raters: what assistance changes": "LabelShift label_shift",
    "alignment/probing: attacks and flips, with bounds": """
        clopper_pearson_interval jeffreys_interval mcnemar_exact
    """,
    "alignment/feedback: deployment, stratum by stratum": "stratified_share",
}


def _waiting() -> list[str]:
    return [name for names in WAITING.values() for name in names.split()]


def _reached() -> set[str]:
    return {name for name, where in public_names().items() if where in reached_definitions()}


def test_doors_are_found_where_they_stand():
    """Guards the test itself: a graph without edges would call everything unreached."""
    modules = reached_modules()
    assert {"labeling.lead.agreement.views", "labeling.releases.facts"} <= modules
    assert is_door("labeling.management.commands.agreement")
    assert not is_door("labeling.lead.agreement.report")
    assert {"Ratings", "criterion_report", "krippendorff_alpha"} <= _reached()


def test_every_public_statistic_is_defined_once():
    assert all(public_names().values())
    twice = Counter(public_names().values()).most_common(1)
    assert twice[0][1] == 1, twice


def test_every_public_statistic_has_a_door_or_a_page_to_come():
    homeless = public_names().keys() - _reached() - set(_waiting())
    assert not homeless, f"say in WAITING which page will show them: {sorted(homeless)}"


def test_what_is_reached_no_longer_waits():
    arrived = set(_waiting()) & _reached()
    assert not arrived, f"take them off WAITING, and lower MOST_WAITING: {sorted(arrived)}"


def test_what_waits_exists_and_waits_once():
    gone = set(_waiting()) - public_names().keys()
    assert not gone, f"no such public name: {sorted(gone)}"
    assert not [name for name, times in Counter(_waiting()).items() if times > 1]


def test_the_list_only_shrinks():
    assert len(_waiting()) <= MOST_WAITING
