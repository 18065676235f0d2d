"""Policies in words: a sentence or two under each heading, in English and marked for translation.

Files are written in English whoever asks for them: their bytes must not depend on a reader. A
screen asks for its reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping

from projects.words import ENGLISH, Translation, gettext_noop

#: Under a heading stands one text, or several that follow each other.
PolicyText = Mapping[str, str | tuple[str, ...]]

#: Every heading that is words; any other names a table of files and is the same everywhere.
HEADINGS = frozenset(
    {
        gettext_noop("Aggregation"),
        gettext_noop("Also for"),
        gettext_noop("Beside the data"),
        gettext_noop("Beware"),
        gettext_noop("Both bad"),
        gettext_noop("Cannot carry"),
        gettext_noop("Columns"),
        gettext_noop("Dialogues"),
        gettext_noop("Filter"),
        gettext_noop("In CSV"),
        gettext_noop("Labels"),
        gettext_noop("Margin"),
        gettext_noop("Names"),
        gettext_noop("Preference"),
        gettext_noop("Prompt"),
        gettext_noop("Raters"),
        gettext_noop("Rows"),
        gettext_noop("Scores"),
        gettext_noop("Side only"),
        gettext_noop("Source"),
        gettext_noop("Splits"),
        gettext_noop("Strength"),
        gettext_noop("Texts"),
        gettext_noop("Ties"),
        gettext_noop("Training"),
        gettext_noop("Unsure"),
        gettext_noop("Unusable texts"),
        gettext_noop("Values"),
        gettext_noop("Votes"),
        gettext_noop("Whose judgments"),
    }
)


def in_words(policy: PolicyText, language: Translation = ENGLISH) -> dict[str, str]:
    """The policy in a language, each text in one piece."""
    gettext = language.gettext
    return {
        gettext(heading) if heading in HEADINGS else heading: " ".join(
            map(gettext, (text,) if isinstance(text, str) else text)
        )
        for heading, text in policy.items()
    }


#: What becomes of labels that tell which response is better and not how much.
SIDES_LEFT_OUT = gettext_noop(
    "A label that tells which response is better and not how much is left out and counted, unless "
    "the options say which strength it counts as."
)
SIDES_TAKEN = gettext_noop(
    "A label that tells which response is better and not how much is a vote like the others; where "
    "nothing else tells a strength, it is empty and the margin 0, unless the options say which "
    "strength it counts as."
)
#: Said by every recipe: it holds for all of them.
SHARED_POLICY: PolicyText = {
    "Whose judgments": gettext_noop(
        "Current judgments of one source on live tasks: people's, unless another source is asked "
        "for. Gold, repeat, anchor and training judgments, and those of other sources, are counted "
        "and left out."
    ),
    "Unusable texts": gettext_noop(
        "No pair is made of two responses that say the same, or from an empty prompt. An empty "
        "response is an answer: the format says what becomes of it."
    ),
}
