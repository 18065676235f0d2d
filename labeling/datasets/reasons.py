"""Why something did not become a row, in words: for screen, card and manifest."""

from __future__ import annotations

from labeling.vocabulary import Purpose, Source

REASONS: dict[str, str] = {
    "purpose_gold": "judgments on gold tasks measure raters and are never data",
    "purpose_repeat": "judgments on repeats measure self-consistency and are never data",
    "purpose_anchor": "judgments on anchor tasks measure drift and are never data",
    "purpose_training": "judgments made while training are never data",
    "source_human": "judgments by people are kept apart from those asked for",
    "source_ai": "judgments by a model are kept apart from people's",
    "source_human_after_ai": "judgments made after seeing a model's are kept apart from people's",
    "not_answered": "the criterion was not answered",
    "other_guideline_version": "judgments under a guideline version that was not asked for",
    "other_category": "tasks of a category that was not asked for",
    "not_adjudicated": "no reviewer's final word",
    "too_few_votes": "fewer votes than asked for",
    "below_agreement": "less agreement than asked for",
    "below_strength": "weaker than asked for",
    "older_word": "a reviewer's final word that a newer one replaces",
    "weakest": "votes of the weakest strength, which the recipe leaves out",
    "weaker_level": "votes weaker than the two strongest levels",
    "edit_no_op": "edits that change nothing but white space",
    "edit_of_unknown": "edits of a response that is not among the task's",
    "edit_not_preferred": "edits of a response that the votes do not prefer",
    "edits_not_wanted": "edited responses, which were not asked for",
    "edit_without_vote": "pairs with an edit, which are no single rater's vote",
    "no_judgment": "no judgment that counts",
    "tie_equal_good": "ties: both equally good",
    "tie_equal_bad": "ties: both equally bad",
    "tie_cannot_tell": "ties: cannot tell",
    "tie_unspecified": "ties of no stated kind",
    "tie_mixed": "ties of several kinds",
    "split": "raters split evenly",
    "too_few_valid_votes": "fewer than three votes on responses that are valid",
    "votes_too_far_apart": "the three most similar votes lie too far apart",
    "comes_out_as_tie": "the most similar votes come out as a tie",
    "label_split": "as many raters call the response good as bad",
    "label_none": "neither ahead of more responses than behind nor the reverse",
    "no_best_response": "no response is preferred to every other",
    "unsure": "no answer is more likely than not",
    "not_a_pair": "the task does not have exactly two responses",
    "single_response": "there is no other response to put this one in order with",
    "identical_responses": "the two responses are the same text",
    "empty_response": "a response is empty",
    "empty_prompt": "the prompt is empty",
    "prompt_not_ending_with_user": "the prompt does not end with a user or tool turn",
    "unknown_role": "a role that chat templates do not know",
    "not_alternating": "turns that do not alternate between user and assistant",
    "empty_turn": "a turn of the prompt is empty",
    "media_placeholder": "a text contains a placeholder for an image, a video or a sound",
    "multi_turn": "the prompt has several turns, which plain text cannot carry",
    "no_user_turn": "a dialogue without a human turn",
    "speaker_tag": "a text contains a speaker tag, so the dialogue could not be read back",
    "system_turn": "a system turn, which the format has no place for",
    "tool_turn": "a tool turn, which the format has no place for",
}


def sentence(reason: str) -> str:
    """The reason in words; an unknown one is shown as it is rather than hidden."""
    return REASONS.get(reason, reason.replace("_", " "))


def purpose_reason(purpose: str) -> str | None:
    """Why a judgment of this purpose is no data, None for live ones."""
    return None if purpose == Purpose.LIVE else f"purpose_{purpose}"


def source_reason(source: str, wanted: frozenset[str]) -> str | None:
    """Why a judgment of this source is left out, None when its source is wanted."""
    return None if source in wanted else f"source_{source}"


HUMAN_ONLY = frozenset({Source.HUMAN.value})
