"""When a rating calls a response good: by a threshold, or because the scale says so itself."""

from __future__ import annotations

from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.records import CriterionRecord
from projects.words import gettext

#: Of two answers, yes and no, the higher is yes.
_YES = 1
_HALF = 0.5


def is_low_better(criterion: CriterionRecord, options: RecipeOptions) -> bool:
    """Whether a lower value is the better one: the user says so, or yes names a fault."""
    return options.low_is_good != criterion.names_fault


def is_good(value: float, criterion: CriterionRecord, options: RecipeOptions) -> bool:
    """Whether a response rated so is good; of a mean of yes and no, whether most say so."""
    if criterion.is_yes_no and value == _HALF:
        return False
    value = round(value) if criterion.is_yes_no else value
    return (value >= (options.threshold or _YES)) != is_low_better(criterion, options)


def threshold_fault(
    criterion: CriterionRecord, options: RecipeOptions, *, needed: bool
) -> tuple[str, str] | None:
    """The option at fault and a sentence, where threshold and criterion do not go together."""
    if criterion.answer != "rate":
        for field in ("threshold", "low_is_good"):
            if options.asks(field):
                sentence = gettext(
                    "“%(criterion)s” compares responses: thresholds and directions are for "
                    "ratings. Leave them out."
                )
                return (field, sentence % {"criterion": criterion.key})
        return None
    least, most = criterion.strengths[0], criterion.strengths[-1]
    if options.threshold and not least < options.threshold <= most:
        sentence = gettext(
            "Ratings on “%(criterion)s” go from %(least)s to %(most)s: a threshold of "
            "%(threshold)s would call all responses alike."
        )
        values = {"least": least, "most": most, "threshold": options.threshold}
        return ("threshold", sentence % {"criterion": criterion.key, **values})
    tells = criterion.is_thumb or (criterion.names_fault and criterion.is_yes_no)
    if needed and not options.threshold and not tells:
        sentence = gettext(
            "Say from which rating on a response is good: “%(criterion)s” goes from %(least)s to "
            "%(most)s and does not tell."
        )
        return (
            "threshold",
            sentence % {"criterion": criterion.key, "least": least, "most": most},
        )
    return None
