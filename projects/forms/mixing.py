"""How many checks a project mixes into what raters get."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: What these fields are called and what is said of them.
MIXING = {
    "gold_rate": _("Share of gold tasks"),
    "repeat_rate": _("Share of tasks that come again"),
    "anchors_per_batch": _("Anchors in a hundred tasks"),
    "explains_gold": _("Explain gold tasks after the answer"),
}
MIXING_HELP = {
    "gold_rate": _(
        "Of each rater's tasks, from 0 to 0.4: 0.05 is one in twenty. Make gold on the page of a "
        "task."
    ),
    "repeat_rate": _(
        "From 0 to 0.4. A task comes again after 24 hours or 50 tasks, its sides drawn anew."
    ),
    "anchors_per_batch": _(
        "Tasks that stay the same over months, by which a drift shows. From 0 to 20."
    ),
    "explains_gold": _(
        "For training: raters see the answer and its reason, and cannot change theirs then."
    ),
}
#: Empty leaves these as they are: a page from before there were checks does not send them.
RATES = ("gold_rate", "repeat_rate", "anchors_per_batch")
