"""The options of a release in words: those that differ from the defaults."""

from __future__ import annotations

from labeling.datasets.reasons import HUMAN_ONLY
from labeling.datasets.recipes.options import RecipeOptions
from labeling.vocabulary import MUCH_PASTED, Source
from projects.words import ENGLISH, Translation, gettext_noop

_SOURCES = {
    Source.HUMAN.value: gettext_noop("people"),
    Source.AI.value: gettext_noop("a model"),
    Source.HUMAN_AFTER_AI.value: gettext_noop("people who saw a model's judgment first"),
}


def options_in_words(options: RecipeOptions, language: Translation = ENGLISH) -> dict[str, str]:
    """The choices that differ from the defaults, in words.

    Files are written in English whoever asks for them; a screen names its reader's language.
    """
    return _floors(options, language) | _choices(options, language) | _of_ratings(options, language)


def _floors(options: RecipeOptions, language: Translation) -> dict[str, str]:
    """The filters by a number or a name."""
    gettext, ngettext = language.gettext, language.ngettext
    sentences: dict[str, str] = {}
    if options.min_strength:
        sentences[gettext("Strength floor")] = gettext(
            "Preferences weaker than %(floor)s are left out."
        ) % {"floor": options.min_strength}
    if options.min_votes:
        sentences[gettext("Votes floor")] = ngettext(
            "Tasks with fewer than %(floor)s vote are left out.",
            "Tasks with fewer than %(floor)s votes are left out.",
            options.min_votes,
        ) % {"floor": options.min_votes}
    if options.min_agreement:
        sentences[gettext("Agreement floor")] = gettext(
            "Tasks where less than %(floor)s of the votes say what most of them say are left "
            "out; a tie is a vote too."
        ) % {"floor": f"{options.min_agreement:.1%}"}
    if options.guideline_versions:
        sentences[gettext("Guideline versions")] = ngettext(
            "Only judgments made under version %(versions)s.",
            "Only judgments made under versions %(versions)s.",
            len(options.guideline_versions),
        ) % {"versions": ", ".join(map(str, sorted(options.guideline_versions)))}
    if options.categories:
        names = [name or gettext("(none)") for name in sorted(options.categories)]
        sentences[gettext("Categories")] = ngettext(
            "Only tasks of the category %(categories)s.",
            "Only tasks of the categories %(categories)s.",
            len(names),
        ) % {"categories": ", ".join(names)}
    return sentences


def _choices(options: RecipeOptions, language: Translation) -> dict[str, str]:
    """The choices that are no filters by a number or a name."""
    gettext = language.gettext
    sentences: dict[str, str] = {}
    if options.adjudicated_only:
        sentences[gettext("Adjudicated")] = gettext(
            "Only tasks with a reviewer's final word, and of those only the newest word."
        )
    if options.ties:
        sentences[gettext("Ties asked for")] = (
            gettext("Ties are kept.") if options.ties == "keep" else gettext("Ties are left out.")
        )
    if options.wins_by == "plurality":
        sentences[gettext("What wins")] = gettext(
            "The response that most of the votes prefer which prefer one: ties are not "
            "counted, and the winner may have fewer than half of all votes."
        )
    if options.side_only != "leave_out":
        sentences[gettext("A side without a strength")] = (
            gettext("Labels that tell the side only count as the weakest strength.")
            if options.side_only == "weakest"
            else gettext("Labels that tell the side only count as strength %(strength)s.")
            % {"strength": options.side_only}
        )
    if options.soft == "posterior":
        sentences[gettext("Soft labels")] = gettext(
            "`chosen_prob` is the posterior of a Dawid-Skene model of the raters, not the "
            "share of the votes."
        )
    if not options.edits:
        sentences[gettext("Edits")] = gettext("Edited responses make no rows.")
    if options.sources != HUMAN_ONLY:
        names = [gettext(_SOURCES.get(source, source)) for source in sorted(options.sources)]
        sentences[gettext("Sources")] = gettext("Only judgments by %(sources)s.") % {
            "sources": gettext(" and ").join(names)
        }
    return sentences


def _of_ratings(options: RecipeOptions, language: Translation) -> dict[str, str]:
    """The choices of recipes that read what is said of each response by itself."""
    gettext = language.gettext
    sentences: dict[str, str] = {}
    if options.threshold:
        sentences[gettext("Threshold")] = (
            gettext("A response rated %(value)s or higher is bad, one rated lower is good.")
            if options.low_is_good
            else gettext("A response rated %(value)s or higher is good, one rated lower is bad.")
        ) % {"value": options.threshold}
    if options.low_is_good:
        sentences[gettext("Direction")] = gettext("The lower rating is the better one.")
    if options.least_margin:
        sentences[gettext("Least margin")] = gettext(
            "Two responses whose mean ratings differ by less than %(margin)s are no pair."
        ) % {"margin": f"{options.least_margin:g}"}
    if options.own_words:
        sentences[gettext("Own words")] = gettext(
            "Texts of which more than %(share)s was pasted, or whose author declared a tool, are "
            "left out."
        ) % {"share": f"{MUCH_PASTED:.0%}"}
    if options.rejected_drafts:
        sentences[gettext("Rejected drafts")] = gettext(
            "Texts that a reviewer rejected make rows as well; `decision` says which they are."
        )
    return sentences
