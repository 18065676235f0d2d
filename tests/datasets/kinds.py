"""One small row of every kind that an import knows, as the tools and data sets publish them."""

from __future__ import annotations

from typing import Any

from tests.datasets.several_kinds import SEVERAL_SAMPLES
from tests.datasets.tool_kinds import TOOL_SAMPLES

Row = dict[str, Any]

ASK = {"role": "user", "content": "Name a fish."}
COD = {"role": "assistant", "content": "Cod."}
COW = {"role": "assistant", "content": "Cow."}

HELPSTEER3: Row = {
    "domain": "stem",
    "language": "english",
    "context": [ASK],
    "response1": "Cod.",
    "response2": "Cow.",
    "overall_preference": -2,
    "individual_preference": [
        {
            "score": -3,
            "reasoning": "Only @Response 1 is a fish.",
            "feedback1": "The response is perfectly helpful.",
            "feedback2": "The response is not helpful.",
        },
        {"score": -1, "reasoning": "Fish.", "feedback1": "", "feedback2": ""},
    ],
}

HELPSTEER2: Row = {
    "split": "train",
    "prompt": "Name a fish.",
    "response_1": "Cod.",
    "response_2": "Cow.",
    "preference_strength": -2,
    "preference_statement": "Response 1 is better than Response 2.",
}


def _parts(text: str) -> list[Row]:
    return [{"type": "text", "text": text, "image": None, "mimeType": None}]


LMARENA_140K: Row = {
    "id": "c4b9-140k",
    "model_a": "m1",
    "model_b": "m2",
    "winner": "both_bad",
    "evaluation_session_id": "s-17",
    "evaluation_order": 1,
    "conversation_a": [
        {"role": "user", "content": _parts("Name a fish.")},
        {"role": "assistant", "content": _parts("Cod.")},
    ],
    "conversation_b": [
        {"role": "user", "content": _parts("Name a fish.")},
        {"role": "assistant", "content": _parts("Cow.")},
    ],
    "full_conversation": [
        {"user": {"role": "user"}, "model_side_a": {}, "model_side_b": {}},
    ],
    "conv_metadata": {"sum_assistant_a_tokens": 3},
    "category_tag": {"criteria_v0.1": {"specificity": True}},
    "language": "en",
    "is_code": False,
    "timestamp": "2025-06-01T12:00:00",
}

LMARENA_100K: Row = {
    "question_id": "58210e39",
    "model_a": "m1",
    "model_b": "m2",
    "winner": "model_b",
    "judge_hash": "f99812e1",
    "conversation_a": [ASK, COD],
    "conversation_b": [ASK, COW],
    "turn": 1,
    "anony": True,
    "language": "English",
    "tstamp": 1719820800.5,
    "is_code": False,
    "dedup_tag": {"high_freq": False, "sampled": True},
    "category_tag": {"criteria_v0.1": {"specificity": True}},
}

LMARENA_55K: Row = {
    "id": "30192",
    "model_a": "m1",
    "model_b": "m2",
    "prompt": '["Name a fish."]',
    "response_a": '["Cod."]',
    "response_b": '["Cow."]',
    "winner_model_a": "1",
    "winner_model_b": "0",
    "winner_tie": "0",
}


def completion(model: str, response: str, score: float) -> Row:
    """One of UltraFeedback's completions."""
    return {
        "model": model,
        "principle": "helpfulness",
        "custom_system_prompt": "Be of use.",
        "response": response,
        "annotations": {"honesty": {"Rating": "4", "Rationale": "No doubt is voiced."}},
        "overall_score": score,
        "critique": "Short.",
    }


ULTRAFEEDBACK: Row = {
    "source": "evol_instruct",
    "instruction": "Name a fish.",
    "models": ["m1", "m2", "m3", "m4"],
    "completions": [
        completion("m1", "Cod.", 8.0),
        completion("m2", "Cow.", 1.0),
        completion("m3", "Carp.", 7.5),
        completion("m4", "Crow.", 2.0),
    ],
    "correct_answers": ["None"],
    "incorrect_answers": ["None"],
}

ULTRAFEEDBACK_BINARIZED: Row = {
    "prompt": "Name a fish.",
    "prompt_id": "4f2c",
    "chosen": [ASK, COD],
    "rejected": [ASK, COW],
    "messages": [ASK, COD],
    "score_chosen": 8.5,
    "score_rejected": 2.0,
}


def pairwise(selected: str, **more: Any) -> Row:
    """A result of Label Studio's Pairwise tag."""
    return {
        "id": "Dx_aB91ISN",
        "type": "pairwise",
        "origin": "manual",
        "from_name": "comparison",
        "to_name": "answer1,answer2",
        "value": {"selected": selected},
        **more,
    }


def annotation(who: object, *results: Row, **more: Any) -> Row:
    """A submitted annotation of Label Studio."""
    return {
        "id": 1001,
        "completed_by": who,
        "result": list(results),
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-03-09T22:16:08.728353Z",
        "lead_time": 4.288,
        **more,
    }


def labelstudio(*annotations: Row, **more: Any) -> Row:
    """A task of the template for human preferences, as the JSON export writes it."""
    data = {"prompt": "Name a fish.", "answer1": "Cod.", "answer2": "Cow."}
    return {
        "id": 41,
        "data": data,
        "annotations": list(annotations),
        "predictions": [],
        "project": 83,
        "total_annotations": len(annotations),
        **more,
    }


LABEL_STUDIO: Row = labelstudio(annotation(7, pairwise("left")))

LABEL_STUDIO_MIN: Row = {
    "prompt": "Name a fish.",
    "answer1": "Cod.",
    "answer2": "Cow.",
    "id": 41,
    "comparison": [{"selected": "right"}],
    "annotator": 7,
    "annotation_id": 1001,
    "created_at": "2026-03-09T22:16:08.728353Z",
    "updated_at": "2026-03-09T22:16:08.728378Z",
    "lead_time": 4.288,
}

JUDGMENT: Row = {
    "task_id": "q-17",
    "prompt_id": "p-17",
    "prompt_group": "0f" * 16,
    "judgment_id": "j-1",
    "rater": "rater-3f",
    "prompt": [ASK],
    "responses": ["Cod.", "Cow."],
    "response_ids": ["q-17-a", "q-17-b"],
    "models": ["m1", ""],
    "choice": "first",
    "value": -2,
    "tie_kind": "",
    "answers": [
        {"criterion": "honesty", "response": 0, "value": 1},
        {"criterion": "overall", "response": 0, "value": -2},
        {"criterion": "tone", "response": 2, "value": 4},
    ],
    "rationale": "A cow is no fish.",
    "flags": [],
    "principles": [],
    "guideline_version": 1,
    "purpose": "live",
    "source": "human",
    "strategy": "uniform",
    "probability": None,
    "shown_order": [1, 0],
    "active_ms": 9000,
    "idle_ms": None,
    "times_cut": False,
    "created_at": "2026-01-31T12:00:00Z",
    "category": "biology",
    "language": "en",
}

OPENAI: Row = {
    "input": {"messages": [ASK], "tools": [], "parallel_tool_calls": True},
    "preferred_output": [COD],
    "non_preferred_output": [COW],
}

NEMO: Row = {
    "context": [ASK],
    "completions": [{"rank": 0, "completion": [COD]}, {"rank": 1, "completion": [COW]}],
}

LISTWISE: Row = {
    "prompt": "Name a fish.",
    "responses": ["Cow.", "Cod.", "Carp."],
    "ranks": [2, 1, 1],
}

CONCORD: Row = {
    "id": "q-17",
    "prompt": "Name a fish.",
    "responses": [{"id": "a", "content": "Cod."}, {"id": "b", "content": "Cow."}],
    "judgments": [{"rater": "r3", "overall": -2}],
}

HH: Row = {
    "chosen": "\n\nHuman: Name a fish.\n\nAssistant: Cod.",
    "rejected": "\n\nHuman: Name a fish.\n\nAssistant: Cow.",
}

TRL: Row = {"prompt": [ASK], "chosen": [COD], "rejected": [COW]}
TRL_PLAIN: Row = {"prompt": "Name a fish.", "chosen": "Cod.", "rejected": "Cow."}
TRL_IMPLICIT: Row = {"chosen": [ASK, COD], "rejected": [ASK, COW], "margin": 0.7}
LLAMAFACTORY: Row = {
    "conversations": [{"from": "human", "value": "Name a fish."}],
    "chosen": {"from": "gpt", "value": "Cod."},
    "rejected": {"from": "gpt", "value": "Cow."},
}
ALPACA: Row = {"instruction": "Name a fish.", "input": "", "chosen": "Cod.", "rejected": "Cow."}
AXOLOTL: Row = {"system": None, "input": "Name a fish.", "chosen": "Cod.", "rejected": "Cow."}
AXOLOTL_CHAT: Row = {"messages": [ASK], "chosen": COD, "rejected": COW}

PAIR: Row = {"prompt": "Name a fish.", "response_a": "Cod.", "response_b": "Cow."}

#: (what it is, the kind that it is recognised as, the row).
SAMPLES: tuple[tuple[str, str, Row], ...] = (
    ("HelpSteer3", "helpsteer3", HELPSTEER3),
    ("HelpSteer2 preference", "helpsteer3", HELPSTEER2),
    ("LMArena 140k", "lmarena", LMARENA_140K),
    ("LMArena 100k", "lmarena", LMARENA_100K),
    ("LMArena 55k", "lmarena", LMARENA_55K),
    ("UltraFeedback", "ultrafeedback", ULTRAFEEDBACK),
    ("UltraFeedback binarized", "trl", ULTRAFEEDBACK_BINARIZED),
    ("Label Studio JSON", "labelstudio", LABEL_STUDIO),
    ("Label Studio JSON-MIN", "labelstudio", LABEL_STUDIO_MIN),
    ("Concord judgments", "judgments", JUDGMENT),
    ("OpenAI preference", "openai", OPENAI),
    ("NeMo-RL", "nemo", NEMO),
    ("rankings", "listwise", LISTWISE),
    ("Concord rows", "concord", CONCORD),
    ("hh-rlhf", "hh", HH),
    ("TRL", "trl", TRL),
    ("TRL plain", "trl", TRL_PLAIN),
    ("TRL implicit", "trl", TRL_IMPLICIT),
    ("LLaMA-Factory sharegpt", "trl", LLAMAFACTORY),
    ("LLaMA-Factory alpaca", "trl", ALPACA),
    ("Axolotl", "trl", AXOLOTL),
    ("Axolotl chat", "trl", AXOLOTL_CHAT),
    ("pairs", "pairs", PAIR),
    *TOOL_SAMPLES,
    *SEVERAL_SAMPLES,
)
