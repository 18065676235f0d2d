"""What the page of models says in sentences, made of its figures."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling import stats
from labeling.lead.ranking.downloads import RAW
from labeling.lead.ranking.figures import FEWEST, Plain
from projects.templatetags.concord import percent

#: So many names stand in a sentence, and so many characters of each.
_NAMES, _LENGTH = 4, 60
#: A gap so small takes more comparisons than anybody gives.
_LEAST_GAP = 0.0005


def _name(model: str) -> str:
    """A name in a sentence: none of its characters turns the words around it."""
    short = model if len(model) <= _LENGTH else f"{model[: _LENGTH - 1]}…"
    return f"\u2068{short}\u2069"


def _names(models: Sequence[str]) -> str:
    shown = [_name(model) for model in models[:_NAMES]]
    if len(models) > _NAMES:
        shown.append(_("%(n)d more") % {"n": len(models) - _NAMES})
    if len(shown) == 1:
        return shown[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(shown[:-1]), "last": shown[-1]}


def _leaders(ranking: Plain) -> list[str]:
    """The models that share a letter with the first, itself among them."""
    lines = ranking["standings"]
    mine = set(lines[0]["group"].split())
    return [line["model"] for line in lines if mine & set(line["group"].split())]


def win_share(gap: float) -> float:
    """How often the stronger of two wins whose strengths are so far apart."""
    return stats.win_rate_at(stats.elo_from_strength(gap) - stats.elo_from_strength(0.0))


def ranking_lede(asked: Plain, other: Plain, ties: str, style: str) -> list[str]:
    """Which of the two best is better and how sure, and whether style changes it."""
    if asked["top"] is None:
        sentences = [_("There is no common order."), asked["reason"] or _unsure(asked)]
        return [sentence for sentence in sentences if sentence]
    return [*_verdict(asked, ties), *_other_style(asked, other, style)]


def _unsure(ranking: Plain) -> str:
    reasons = (line["strength"][4] for line in ranking["standings"])
    return next((reason for reason in reasons if reason), "")


def _verdict(asked: Plain, ties: str) -> list[str]:
    top, gap = asked["top"], asked["top"]["gap"]
    names = {"first": _name(top["first"]), "second": _name(top["second"])}
    share = {"share": percent(win_share(gap["value"]))}
    if gap["low"] is None:
        head = _("%(first)s stands highest, and how sure that is cannot be told.") % names
        return [head, gap.get("reason") or ""]
    ends = {"low": percent(win_share(gap["low"])), "high": percent(win_share(gap["high"]))}
    if top["is_decided"]:
        head = _("%(first)s is the best.") % names
    else:
        leaders = _leaders(asked)
        head = _("No single winner: %(names)s lead, and these data do not tell them apart.") % {
            "names": _names(leaders)
        }
    if ties == "half":
        said = _("Against %(second)s, %(first)s wins %(share)s (%(low)s to %(high)s).")
    else:
        said = _(
            "Against %(second)s, %(first)s wins %(share)s (%(low)s to %(high)s) of what is decided."
        )
    tail = said % {**names, **share, **ends}
    if not top["is_decided"] and (gap["low"] > 0 or gap["high"] < 0):
        tail = f"{tail} " + _("By itself that would decide; with all pairs looked at, it does not.")
    return [head, tail]


def _other_style(asked: Plain, other: Plain, style: str) -> list[str]:
    if other["top"] is None or other["top"]["gap"]["low"] is None:
        return []
    mine, theirs = _leaders(asked), _leaders(other)
    if style == RAW:
        if set(mine) == set(theirs):
            return [_("With length and formatting held equal, that stays so.")]
        words = ngettext(
            "With length and formatting held equal, %(names)s leads.",
            "With length and formatting held equal, %(names)s lead and are not told apart.",
            len(theirs),
        )
        return [words % {"names": _names(theirs)}]
    if set(mine) == set(theirs):
        return [_("As judged, it is the same.")]
    words = ngettext(
        "As judged, %(names)s leads.",
        "As judged, %(names)s lead and are not told apart.",
        len(theirs),
    )
    return [words % {"names": _names(theirs)}]


def enough_to_tell(asked: Plain, matrix: Plain) -> tuple[str, int]:
    """What it would take to tell the two best apart, and the share to plan for, in percent."""
    top = asked["top"]
    if top is None:
        return "", 0
    names = {"first": _name(top["first"]), "second": _name(top["second"])}
    if top["is_decided"]:
        return _("%(first)s and %(second)s are told apart already.") % names, 0
    share = win_share(abs(top["gap"]["value"]))
    if share - 0.5 < _LEAST_GAP:
        return _("As far as is known %(first)s and %(second)s are equal.") % names, 0
    needed = _rounded(stats.judgments_to_detect(share).judgments)
    pair = {top["first"], top["second"]}
    met = next((cell for cell in matrix["cells"] if {cell["a"], cell["b"]} == pair), None)
    decided = round(met["counts"][0] + met["counts"][2]) if met else 0
    words = ngettext(
        "Telling %(first)s from %(second)s at this distance (%(share)s) takes about %(needed)s "
        "decided comparisons of the two; there is %(n)s.",
        "Telling %(first)s from %(second)s at this distance (%(share)s) takes about %(needed)s "
        "decided comparisons of the two; there are %(n)s.",
        decided,
    )
    shown = {"share": percent(share), "needed": f"{needed:,}", "n": f"{decided:,}"}
    return words % {**names, **shown}, max(51, round(100 * share))


def _rounded(number: int) -> int:
    """Two digits of a number that is a guess."""
    step = 10 ** max(0, int(log10(max(1, number))) - 1)
    return int(-(-number // step) * step)


def left_out_notes(figures: Plain) -> list[str]:
    """What is in no figure."""
    notes = []
    if figures["unnamed"] and figures["n"]:
        words = ngettext(
            "%(n)s comparison is left out: the model of a response is not known.",
            "%(n)s comparisons are left out: the model of a response is not known.",
            figures["unnamed"],
        )
        notes.append(words % {"n": f"{figures['unnamed']:,}"})
    if figures["own"]:
        words = ngettext(
            "%(n)s comparison of a model with itself is left out.",
            "%(n)s comparisons of a model with itself are left out.",
            figures["own"],
        )
        notes.append(words % {"n": f"{figures['own']:,}"})
    if figures["few"] and figures["rankings"]:
        few = figures["few"]
        words = ngettext(
            "%(names)s is not ranked: fewer than %(fewest)d comparisons with the others.",
            "%(names)s are not ranked: fewer than %(fewest)d comparisons with the others.",
            len(few),
        )
        notes.append(words % {"names": _names([row["model"] for row in few]), "fewest": FEWEST})
    if figures.get("styled", 0) < figures.get("ranked", 0):
        words = _("Style is read from %(styled)s of %(n)s comparisons, prompts drawn at random.")
        shown = {"styled": f"{figures['styled']:,}", "n": f"{figures['ranked']:,}"}
        notes.append(words % shown)
    return notes


def longer_sentence(figures: Plain) -> str:
    """How far length alone gets."""
    figure = figures["length"]
    if figure is None or figure["value"] is None:
        return figure["reason"] if figure else ""
    words = ngettext(
        "“Pick the longer one” alone would be right in %(share)s of %(n)s decided comparison "
        "(%(low)s to %(high)s).",
        "“Pick the longer one” alone would be right in %(share)s of %(n)s decided comparisons "
        "(%(low)s to %(high)s).",
        figure["n"],
    )
    ends = {name: percent(figure[name]) for name in ("low", "high")}
    return words % {"share": percent(figure["value"]), "n": f"{figure['n']:,}", **ends}
