"""Consensus: one answer a task from many judgments, how sure it is, and when to stop asking.

From plain to elaborate: shares of votes (`votes`), the three closest votes of a scale (`similar`),
raters with a confusion matrix each (`confusion`: Dawid-Skene), raters who know or guess
(`competence`: MACE), pairs whose responses have strengths (`pairs`), and rules that close a task
(`stopping`).
"""

from labeling.stats.consensus.answers import Consensus, entropy_bits
from labeling.stats.consensus.competence import Mace, mace
from labeling.stats.consensus.confusion import DawidSkene, dawid_skene
from labeling.stats.consensus.judged_pairs import JudgedPairs
from labeling.stats.consensus.pairs import RaterBradleyTerry, rater_bradley_terry
from labeling.stats.consensus.rater_model import (
    RaterModel,
    rater_model_from_dawid_skene,
    rater_model_from_gold,
)
from labeling.stats.consensus.similar import MostSimilar, most_similar
from labeling.stats.consensus.stopping import (
    Decision,
    FixedOverlap,
    Sequential,
    Spread,
    StoppingRule,
    Vote,
)
from labeling.stats.consensus.votes import VoteShares, vote_shares

__all__ = [
    "Consensus",
    "DawidSkene",
    "Decision",
    "FixedOverlap",
    "JudgedPairs",
    "Mace",
    "MostSimilar",
    "RaterBradleyTerry",
    "RaterModel",
    "Sequential",
    "Spread",
    "StoppingRule",
    "Vote",
    "VoteShares",
    "dawid_skene",
    "entropy_bits",
    "mace",
    "most_similar",
    "rater_bradley_terry",
    "rater_model_from_dawid_skene",
    "rater_model_from_gold",
    "vote_shares",
]
