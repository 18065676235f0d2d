"""How many checks a project mixes into what raters get, and how much one of them gets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: What these fields are called and what is said of them.
MIXING = {
    "gold_rate": _("Share of gold tasks"),
    "repeat_rate": _("Share of tasks that come again"),
    "anchors_per_batch": _("Anchors in a hundred tasks"),
    "explains_gold": _("Explain gold tasks after the answer"),
    "asks_quiz": _("Ask the worked examples as a quiz"),
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
    "asks_quiz": _(
        "After the guideline raters answer each example once, and read at once what is right. "
        "Those who rate already do so before their next task."
    ),
}
#: How much of a project, a day and a week one rater does, and what is said of it.
CAPS = {
    "share_limit": _("Largest share of one rater"),
    "daily_limit": _("Most tasks of one rater a day"),
    "weekly_limit": _("Most tasks of one rater a week"),
    "severe_hourly_limit": _("Most severe tasks an hour"),
    "severe_daily_limit": _("Most severe tasks in 24 hours"),
}
CAPS_HELP = {
    "share_limit": _(
        "Of all judgments that the tasks ask for, from 0.01 to 1: 0.15 is 15%. Empty for no limit."
    ),
    "daily_limit": _("By the rater's own time zone; empty for no limit."),
    "weekly_limit": _("From Monday, by the rater's own time zone; empty for no limit."),
    "severe_hourly_limit": _("Of what rows call “severe” in their topics; empty for no limit."),
    "severe_daily_limit": _("The same in 24 hours; empty for no limit."),
}
#: What is done for raters whose tasks may weigh on them.
CARE = {
    "covered_texts": _("Cover texts"),
    "break_minutes": _("Minutes of work before a pause is proposed"),
    "severe_break_minutes": _("The same, of work on severe tasks"),
    "check_in_days": _("Days between questions how raters are"),
    "support_url": _("Where raters find help"),
}
CARE_HELP = {
    "covered_texts": _(
        "A line says what the row touches; raters open the text themselves. Pictures of rows that "
        "name topics are covered in any case."
    ),
    "break_minutes": _("Unbroken work: a pause of five minutes begins anew. 0: never."),
    "severe_break_minutes": _("Of what rows call “severe” in their topics. 0: never."),
    "check_in_days": _(
        "Two questions that nobody needs to answer. Answers are shown as a trend of at least five "
        "people, never one by one. 0: never."
    ),
    "support_url": _("The address of somebody to talk to; the desk and the topics link to it."),
}
#: Empty leaves these as they are: a page from before there were checks does not send them.
RATES = ("gold_rate", "repeat_rate", "anchors_per_batch")
CARE_LEFT_OUT = ("covered_texts", "break_minutes", "severe_break_minutes", "check_in_days")
