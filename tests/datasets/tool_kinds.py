"""One small row of what other tools export, and of data sets with a kind of row of their own."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

ARGILLA: Row = {
    "id": "r1",
    "status": "completed",
    "_server_id": "5c1e",
    "prompt": "Name a fish.",
    "response1": "Cod.",
    "response2": "Cow.",
    "preference.responses": ["response1", "response2", "tie"],
    "preference.responses.users": ["u1", "u2", "u3"],
    "preference.responses.status": ["submitted", "submitted", "draft"],
    "clarity.responses": [4],
    "clarity.responses.users": ["u1"],
    "clarity.responses.status": ["submitted"],
    "preference.suggestion": "response2",
}
ARGILLA_JSON: Row = {
    "id": "r2",
    "fields": {"prompt": "Name a fish.", "response1": "Cod.", "response2": "Cow."},
    "metadata": {"source": "quiz"},
    "suggestions": {"preference": {"value": "response2", "score": 0.6, "agent": "m1"}},
    "responses": {"preference": [{"value": "response1", "user_id": "u1"}]},
    "status": "completed",
}
ARGILLA_FEEDBACK: Row = {
    "external_id": "r3",
    "prompt": "Name a fish.",
    "response-1": "Cod.",
    "response-2": "Cow.",
    "ranking": [
        {
            "user_id": "u1",
            "value": [{"value": "response-2", "rank": 1}, {"value": "response-1", "rank": 2}],
            "status": "submitted",
        }
    ],
}

PRODIGY: Row = {
    "id": 0,
    "input": {"text": "Name a fish."},
    "accept": {"text": "Cow."},
    "reject": {"text": "Cod."},
    "mapping": {"B": "accept", "A": "reject"},
    "_input_hash": 17,
    "_view_id": "compare",
    "answer": "reject",
    "_timestamp": 1700000000,
    "_annotator_id": "fish-alex",
    "_session_id": "fish-alex",
}
PRODIGY_CHOICE: Row = {
    "text": "Name a fish.",
    "options": [{"id": 1, "text": "Cod."}, {"id": 2, "text": "Cow."}],
    "accept": [1],
    "answer": "accept",
    "_annotator_id": "fish-alex",
}


def _state(model: str, said: str) -> Row:
    return {
        "template_name": model,
        "system_message": "",
        "roles": ["USER", "ASSISTANT"],
        "messages": [["USER", "Name a fish."], ["ASSISTANT", said]],
        "offset": 0,
        "conv_id": f"c-{model}",
        "model_name": model,
    }


FASTCHAT: Row = {
    "tstamp": 1690000000.1,
    "type": "leftvote",
    "models": ["", ""],
    "states": [_state("m1", "Cod."), _state("m2", "Cow.")],
    "ip": "1.2.3.4",
}

WEBGPT: Row = {
    "question": {"dataset": "eli5", "id": "17", "full_text": "Name a fish."},
    "quotes_0": {"title": ["Fish"], "extract": ["Cod is a fish."]},
    "answer_0": "Cod.",
    "tokens_0": {"prefix": [1, 2], "completion": [3]},
    "score_0": 0.5,
    "quotes_1": {"title": [], "extract": []},
    "answer_1": "Cow.",
    "tokens_1": {"prefix": [1, 2], "completion": [4]},
    "score_1": -0.5,
}

SUMMARIES: Row = {
    "info": {"id": "t3", "post": "Name a fish.", "title": None, "subreddit": "fish"},
    "summaries": [
        {"text": "Cod.", "policy": "sup2", "note": "Short."},
        {"text": "Cow.", "policy": "ref", "note": None},
    ],
    "choice": 0,
    "worker": "w1",
    "batch": "batch3",
    "split": "train",
    "extra": {"confidence": 7},
}

POTATO: Row = {
    "id": "0",
    "prompt": "Name a fish.",
    "text": ["Cod.", "Cow."],
    "user_id": "u1",
    "label_annotations": {"preference": {"selection": "A"}},
}

MTURK: Row = {
    "HITId": "3A",
    "Title": "Compare",
    "AssignmentId": "3X",
    "WorkerId": "A1B2",
    "AssignmentStatus": "Approved",
    "SubmitTime": "Wed Jan 31 12:01:00 PST 2024",
    "WorkTimeInSeconds": "60",
    "Input.prompt": "Name a fish.",
    "Input.response_a": "Cod.",
    "Input.response_b": "Cow.",
    "Answer.choice": "A",
}

DOCCANO: Row = {
    "id": 1,
    "text": "Name a fish.",
    "response_a": "Cod.",
    "response_b": "Cow.",
    "label": ["A"],
    "Comments": [],
}

LLAMAFACTORY_V1: Row = {
    side: [
        {"role": "user", "content": [{"type": "text", "value": "Name a fish."}], "loss_weight": 0},
        {"role": "assistant", "content": [{"type": "text", "value": said}], "loss_weight": 1},
    ]
    for side, said in (("chosen_messages", "Cod."), ("rejected_messages", "Cow."))
}
ULTRAINTERACT: Row = {
    "task": "Coding",
    "dataset": "codecontest",
    "trajectory": [{"from": "user", "value": "Name a fish."}],
    "chosen": "Cod.",
    "rejected": "Cow.",
    "id": "0_codecontest",
    "parent_id": "root",
}
REWARD_BENCH: Row = {
    "id": 17,
    "prompt": "Name a fish.",
    "chosen": "Cod.",
    "chosen_model": "m1",
    "rejected": "Cow.",
    "rejected_model": "m2",
    "subset": "alpacaeval-easy",
}

#: (what it is, the kind that it is recognised as, the row).
TOOL_SAMPLES: tuple[tuple[str, str, Row], ...] = (
    ("Argilla", "argilla", ARGILLA),
    ("Argilla JSON", "argilla", ARGILLA_JSON),
    ("Argilla FeedbackDataset", "argilla", ARGILLA_FEEDBACK),
    ("Prodigy compare", "prodigy", PRODIGY),
    ("Prodigy choice", "prodigy", PRODIGY_CHOICE),
    ("FastChat", "fastchat", FASTCHAT),
    ("WebGPT", "webgpt", WEBGPT),
    ("summaries with feedback", "summaries", SUMMARIES),
    ("Potato", "potato", POTATO),
    ("Mechanical Turk", "mturk", MTURK),
    ("doccano", "doccano", DOCCANO),
    ("LLaMA-Factory v1", "trl", LLAMAFACTORY_V1),
    ("UltraInteract", "trl", ULTRAINTERACT),
    ("RewardBench", "trl", REWARD_BENCH),
)
