"""One small row of every kind that ranks several responses or judges each by itself."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

_ASK = {"role": "user", "content": "Name a fish."}
_COD = {"role": "assistant", "content": "Cod."}

NECTAR: Row = {
    "prompt": "\n\nHuman: Name a fish.\n\nAssistant: ",
    "answers": [
        {"answer": "Cow.", "model": "llama", "rank": 2.0},
        {"answer": "Cod.", "model": "gpt-4", "rank": 1.0},
        {"answer": "Crow.", "model": "alpaca", "rank": 2.0},
    ],
    "turns": 1,
    "good_natured": True,
}
BEST_OF_N: Row = {
    "id": "7",
    "prompt": "Name a fish.",
    "chosen": ["Cod."],
    "rejected": ["Cow.", "Ox."],
    "models": ["m1", "m2", "m3"],
    "num_correct": 1,
}
KTO: Row = {"prompt": "Name a fish.", "completion": "Cod.", "label": True}
KTO_CHAT: Row = {"messages": [_ASK, _COD], "kto_tag": False}
KTO_TURNS: Row = {"prompt": [_ASK], "completion": [_COD], "label": False}
RATED: Row = {"prompt": "Name a fish.", "response": "Cod.", "honesty": 5, "score": 4, "source": "x"}
HELPSTEER2_RATED: Row = {
    "prompt": "Name a fish.",
    "response": "Cod.",
    "helpfulness": 3,
    "correctness": 4,
    "coherence": 4,
    "complexity": 2,
    "verbosity": 1,
}
AXES: Row = {
    "info": {"id": "t3", "post": "Name a fish.", "title": ""},
    "summary": {
        "text": "Cod.",
        "policy": "sup2",
        "note": "Short.",
        "axes": {"overall": 6, "accuracy": None, "coverage": 7},
    },
    "worker": "w1",
    "batch": "b0",
    "split": "valid1",
}
RANKED: Row = {
    "id": "q9",
    "prompt": "Name a fish.",
    "responses": [
        {"id": "c1", "content": "Cow."},
        {"id": "c2", "content": "Cod."},
        {"content": "Ox."},
    ],
    "judgments": [{"rater": "r3", "answers": {"safety": {"c1": 1, "c2": "unsure"}}}],
}
WORDED: Row = {
    "id": "q10",
    "kind": "rate",
    "prompt": "Name a fish.",
    "responses": [{"id": "c1", "content": "Cow."}, {"id": "c2", "content": "Cod."}],
    "judgments": [{"rater": "r3", "answers": {"rule": {"c1": {"P3": -2}}}}],
}

_RELEASED: Row = {
    "prompt": [_ASK],
    "responses": ["Cod.", "Cow.", "Ox."],
    "response_ids": ["a", "b", "c"],
    "models": ["", "", ""],
    "rater": "rater-3f",
    "value": None,
    "tie_kind": "",
    "purpose": "live",
    "source": "human",
}
RANK_RELEASED: Row = {
    **_RELEASED,
    "task_id": "q-20",
    "judgment_id": "j-7",
    "choice": "ranked",
    "answers": [
        *({"criterion": "order", "response": i, "value": v} for i, v in ((1, 1), (2, 2), (3, 2))),
        {"criterion": "safe", "response": 1, "value": 1},
    ],
    "unsaid": [{"criterion": "safe", "principle": "", "response": 2, "unsaid": "unsure"}],
}
RATE_RELEASED: Row = {
    **_RELEASED,
    "task_id": "q-21",
    "judgment_id": "j-8",
    "choice": "rated",
    "answers": [{"criterion": "safe", "response": 3, "value": 0}],
    "rule_answers": [{"criterion": "rule", "principle": "3", "response": 1, "value": -2}],
    "kind": "rate",
}

CONVERSATION: Row = {
    "conversation": "c-1",
    "turns": [
        {
            "prompt": "Name a fish.",
            "responses": [{"id": "a", "content": "Cod."}, {"id": "b", "content": "Cow."}],
        }
    ],
}

SEVERAL_SAMPLES: tuple[tuple[str, str, Row], ...] = (
    ("to write", "write", {"id": "q11", "kind": "write", "prompt": "Name a fish."}),
    ("a conversation of one turn", "conversations", CONVERSATION),
    ("Nectar", "nectar", NECTAR),
    ("best of n", "bestofn", BEST_OF_N),
    ("KTO", "kto", KTO),
    ("KTO as LLaMA-Factory", "kto", KTO_CHAT),
    ("KTO of turns", "kto", KTO_TURNS),
    ("ratings", "ratings", RATED),
    ("HelpSteer2 ratings", "helpsteer2", HELPSTEER2_RATED),
    ("summaries rated", "axes", AXES),
    ("a ranking of Concord", "concord", RANKED),
    ("a rating of Concord", "concord", WORDED),
    ("a task to write", "write", {"prompt": "Name a fish.", "kind": "write"}),
    ("a released ranking", "judgments", RANK_RELEASED),
    ("a released rating", "judgments", RATE_RELEASED),
)
