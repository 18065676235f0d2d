"""Why something did not become a row, in words: for screen, card and manifest."""

from __future__ import annotations

from labeling.vocabulary import Purpose, Source
from projects.words import ENGLISH, Translation, gettext_noop

REASONS: dict[str, str] = {
    "purpose_gold": gettext_noop("judgments on gold tasks measure raters and are never data"),
    "purpose_repeat": gettext_noop(
        "judgments on repeats measure self-consistency and are never data"
    ),
    "purpose_anchor": gettext_noop("judgments on anchor tasks measure drift and are never data"),
    "purpose_training": gettext_noop("judgments made while training are never data"),
    "purpose_qualification": gettext_noop("judgments made while qualifying are never data"),
    "purpose_adjudication": gettext_noop(
        "final words of reviewers, which only “Consensus” and “Adjudicated tasks only” take"
    ),
    "source_human": gettext_noop("judgments by people are kept apart from those asked for"),
    "source_ai": gettext_noop("judgments by a model are kept apart from people's"),
    "source_human_after_ai": gettext_noop(
        "judgments made after seeing a model's are kept apart from people's"
    ),
    "stopped_at_gate": gettext_noop("the task was not judged: the gate question ended it"),
    "not_answered": gettext_noop("the criterion was not answered"),
    "other_guideline_version": gettext_noop(
        "judgments under a guideline version that was not asked for"
    ),
    "other_category": gettext_noop("tasks of a category that was not asked for"),
    "not_adjudicated": gettext_noop("no reviewer's final word"),
    "too_few_votes": gettext_noop("fewer votes than asked for"),
    "below_agreement": gettext_noop("less agreement than asked for"),
    "below_strength": gettext_noop("weaker than asked for"),
    "no_strength": gettext_noop("strength not told, only which response is better"),
    "older_word": gettext_noop("a reviewer's final word that a newer one replaces"),
    "weakest": gettext_noop("votes of the weakest strength, which the recipe leaves out"),
    "weaker_level": gettext_noop("votes weaker than the two strongest levels"),
    "edit_no_op": gettext_noop("edits that change nothing but white space"),
    "edit_of_unknown": gettext_noop("edits of a response that is not among the task's"),
    "edit_not_preferred": gettext_noop("edits of a response that the votes do not prefer"),
    "edit_rejected": gettext_noop("edits that a reviewer rejected"),
    "edits_not_wanted": gettext_noop("edited responses, which were not asked for"),
    "mostly_pasted": gettext_noop("texts that were mostly pasted, which were not asked for"),
    "assist_declared": gettext_noop("texts whose author declared a tool, not asked for"),
    "edit_without_vote": gettext_noop("pairs with an edit, which are no single rater's vote"),
    "no_judgment": gettext_noop("no judgment that counts"),
    "tie_equal_good": gettext_noop("ties: both equally good"),
    "tie_equal_bad": gettext_noop("ties: both equally bad"),
    "tie_cannot_tell": gettext_noop("ties: cannot tell"),
    "tie_unspecified": gettext_noop("ties of no stated kind"),
    "tie_mixed": gettext_noop("ties of several kinds"),
    "split": gettext_noop("raters split evenly"),
    "no_majority": gettext_noop("without a majority of all votes"),
    "too_few_valid_votes": gettext_noop("fewer than three votes on responses that are valid"),
    "votes_too_far_apart": gettext_noop("the three most similar votes lie too far apart"),
    "comes_out_as_tie": gettext_noop("the most similar votes come out as a tie"),
    "label_split": gettext_noop("as many raters call the response good as bad"),
    "label_none": gettext_noop("neither ahead of more responses than behind nor the reverse"),
    "no_best_response": gettext_noop("no response is preferred to every other"),
    "other_kind": gettext_noop("tasks of another kind, which do not ask the criterion"),
    "raters_unsure": gettext_noop("raters are unsure"),
    "not_rated_both": gettext_noop("nobody rated both responses"),
    "not_rated_on_all": gettext_noop("not rated on every criterion"),
    "rated_alike": gettext_noop("the two responses have the same mean rating"),
    "below_margin": gettext_noop("ratings that differ by less than asked for"),
    "below_threshold": gettext_noop("the best response is not rated as good as asked for"),
    "draft_rejected": gettext_noop("drafts that a reviewer rejected"),
    "not_one_text": gettext_noop("a review of more than one text"),
    "unsure": gettext_noop("no answer is more likely than not"),
    "not_a_pair": gettext_noop("the task does not have exactly two responses"),
    "single_response": gettext_noop("there is no other response to put this one in order with"),
    "identical_responses": gettext_noop("the two responses are the same text"),
    "empty_response": gettext_noop("a response is empty"),
    "tool_calls_not_carried": gettext_noop("a tool call, which the format has no place for"),
    "text_beside_tool_call": gettext_noop(
        "a text beside a tool call, which the format has no place for"
    ),
    "unmatched_tool_calls": gettext_noop("a tool call and its answer that do not name each other"),
    "several_turns_not_carried": gettext_noop(
        "a response of several turns, which the format has no place for"
    ),
    "reasoning_not_carried": gettext_noop(
        "the two responses differ in their reasoning alone, which the format has no place for"
    ),
    "names_not_carried": gettext_noop("a turn says who speaks, which the format has no place for"),
    "images_not_carried": gettext_noop("a picture, which the format has no place for"),
    "reasoning_left_out": gettext_noop(
        "rows written without their models' reasoning, which the format has no place for"
    ),
    "follows_lost_reply": gettext_noop(
        "the turn follows a reply to which more raters preferred another"
    ),
    "empty_prompt": gettext_noop("the prompt is empty"),
    "no_prompt": gettext_noop(
        "two texts were compared without a prompt, which the format has no place for"
    ),
    "prompt_not_ending_with_user": gettext_noop("the prompt does not end with a user or tool turn"),
    "unknown_role": gettext_noop("a role that chat templates do not know"),
    "not_alternating": gettext_noop("turns that do not alternate between user and assistant"),
    "empty_turn": gettext_noop("a turn of the prompt is empty"),
    "media_placeholder": gettext_noop(
        "a text contains a placeholder for an image, a video or a sound"
    ),
    "multi_turn": gettext_noop("the prompt has several turns, which plain text cannot carry"),
    "no_user_turn": gettext_noop("a dialogue without a human turn"),
    "speaker_tag": gettext_noop(
        "a text contains a speaker tag, so the dialogue could not be read back"
    ),
    "system_turn": gettext_noop("a system turn, which the format has no place for"),
    "tool_turn": gettext_noop("a tool turn, which the format has no place for"),
}


def sentence(reason: str) -> str:
    """The reason in words; an unknown one is shown as it is rather than hidden."""
    return REASONS.get(reason, reason.replace("_", " "))


def rows_in_words(unit: str, n: int, language: Translation = ENGLISH) -> str:
    """So many rows in: 1 task, 2 tasks."""
    match unit:
        case "task":
            rows = language.ngettext("%(n)s task", "%(n)s tasks", n)
        case "judgment":
            rows = language.ngettext("%(n)s judgment", "%(n)s judgments", n)
        case "comparison":
            rows = language.ngettext("%(n)s comparison", "%(n)s comparisons", n)
        case "response":
            rows = language.ngettext("%(n)s response", "%(n)s responses", n)
        case "verdict":
            rows = language.ngettext("%(n)s verdict", "%(n)s verdicts", n)
        case "demonstration":
            rows = language.ngettext("%(n)s demonstration", "%(n)s demonstrations", n)
        case _:
            rows = f"%(n)s {unit}{'s' * (n != 1)}"
    return rows % {"n": f"{n:,}"}


def purpose_reason(purpose: str) -> str | None:
    """Why a judgment of this purpose is no data, None for live ones."""
    return None if purpose == Purpose.LIVE else f"purpose_{purpose}"


def source_reason(source: str, wanted: frozenset[str]) -> str | None:
    """Why a judgment of this source is left out, None when its source is wanted."""
    return None if source in wanted else f"source_{source}"


HUMAN_ONLY = frozenset({Source.HUMAN.value})
