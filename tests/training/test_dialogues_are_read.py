"""Tool dialogues and empty responses, read by the programs whose formats carry them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labeling.datasets.build import BuildResult
from labeling.datasets.formats import FORMATS
from labeling.datasets.records import TaskRecord
from tests.datasets.release_rows import task, votes
from tests.training.examples import dialogues, written
from tests.training.test_other_trainers_read import WHY, aligned
from tests.training.tiny import arguments, datasets, small_model, tokenizer

pytestmark = pytest.mark.training

trl = pytest.importorskip("trl", reason="pip install -r requirements-training.txt")

#: Chat templates of models as their makers wrote them, which TRL brings along.
TEMPLATES = Path(trl.__file__).parent / "chat_templates"
CARRY = ["native", "judgments", "trl", "trl-implicit", "trl-unpaired", "trl-prompt-completion",
         "messages", "openrlhf", "nemo-rl", "openai", "listwise", "pairs"]  # fmt: skip
WRITTEN = [(shape, kind) for shape in CARRY for kind in FORMATS[shape].file_types]


def silent(count: int = 40) -> list[TaskRecord]:
    """Tasks in which one model answered nothing, which raters like less or better."""
    return [
        task(f"quiet{n}", *votes(-2, -2), responses=("Fine.", "") if n % 2 else ("", f"Bad {n}."))
        for n in range(count)
    ]


def loaded(shape: str, out: Path, tasks: Iterable[TaskRecord], file_type: str = "") -> Any:
    """The train split of the main table."""
    return datasets.load_dataset(str(built(shape, out, tasks, file_type).path))["train"]


def built(shape: str, out: Path, tasks: Iterable[TaskRecord], file_type: str = "") -> BuildResult:
    return written(shape, out, tasks=tasks, file_type=file_type)


def reader(rows: Any, template: str = "") -> Any:
    """A tokenizer with a template of a model's maker."""
    made = tokenizer(rows)
    if template:
        made.add_special_tokens({"bos_token": "<|endoftext|>"})
        made.chat_template = (TEMPLATES / f"{template}.jinja").read_text("utf-8")
    return made


def prepared(kind: str, rows: Any, folder: Path, template: str = "") -> Any:
    """What a trainer of that kind makes of the rows; it has trained on them for two steps."""
    reward = kind == "Reward"
    model = small_model("Qwen2ForSequenceClassification" if reward else "Qwen2ForCausalLM")
    extra = {"ref_model": small_model("Qwen2ForCausalLM")} if kind in ("DPO", "KTO") else {}
    config = getattr(trl, f"{kind}Config")(**{**arguments(folder, 1e-3, 2), "max_length": 512})
    made = getattr(trl, f"{kind}Trainer")(
        model=model,
        args=config,
        train_dataset=rows,
        processing_class=reader(rows, template),
        **extra,
    )
    made.train()
    return made.train_dataset


@pytest.mark.parametrize(("shape", "file_type"), WRITTEN)
def test_messages_load_with_their_own_keys_alone(
    tmp_path: Path, shape: str, file_type: str
) -> None:
    """No key is filled with null, and arguments are what they were."""
    rows = loaded(shape, tmp_path / "r", dialogues(), file_type)
    text = json.dumps(list(rows))
    assert '"tool_calls": null' not in text
    assert "key1" in text.replace("\\", "")
    assert "reasoning_content" in text or shape in ("nemo-rl", "openai", "listwise")


@pytest.mark.parametrize("template", ["qwen2_5", "qwen3", "llama3_1"])
def test_dpo_renders_calls_as_the_model_would_write_them(tmp_path: Path, template: str) -> None:
    rows = loaded("trl", tmp_path / "r", dialogues())
    made = prepared("DPO", rows, tmp_path, template)
    decode = reader(rows, template).decode
    texts = [decode([*row["prompt_ids"], *row["chosen_ids"]]) for row in made]
    assert len(texts) == len(rows)
    assert any('": {"key2": 2, "deep": {"list": [2]}}' in text for text in texts)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("Reward", "trl"), ("DPO", "trl-implicit"), ("KTO", "trl-unpaired"),
     ("SFT", "trl-prompt-completion"), ("SFT", "messages")],
)  # fmt: skip
def test_every_trainer_of_trl_takes_tool_dialogues(tmp_path: Path, kind: str, shape: str) -> None:
    rows = loaded(shape, tmp_path / "r", dialogues())
    assert len(prepared(kind, rows, tmp_path, "qwen2_5")) == len(rows)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("Reward", "trl"), ("Reward", "trl-plain"), ("DPO", "trl"), ("DPO", "trl-plain"),
     ("DPO", "trl-implicit"), ("DPO", "trl-plain-implicit"), ("KTO", "trl-unpaired"),
     ("KTO", "trl-unpaired-plain")],
)  # fmt: skip
def test_trl_takes_empty_responses(tmp_path: Path, kind: str, shape: str) -> None:
    """Of an empty response the end of the turn is left to learn: no row has nothing at all."""
    rows = loaded(shape, tmp_path / "r", silent())
    for row in prepared(kind, rows, tmp_path):
        answers = [
            row[name] for name in ("chosen_ids", "rejected_ids", "completion_ids") if name in row
        ]
        assert answers
        assert all(answers)


def test_openrlhf_reads_tool_dialogues_and_silence(tmp_path: Path) -> None:
    reward_dataset = pytest.importorskip("openrlhf.datasets.reward_dataset", reason=WHY)
    rows = loaded("openrlhf", tmp_path / "r", [*dialogues(), *silent()])
    strategy = SimpleNamespace(args=SimpleNamespace(data=SimpleNamespace(
        prompt_key="prompt", chosen_key="chosen", rejected_key="rejected", apply_chat_template=True,
    )))  # fmt: skip
    read = reward_dataset.RewardDataset(
        rows, reader(rows, "qwen2_5"), 4096, strategy, is_dpo=True, num_processors=1
    )
    assert len(read) == len(rows)
    assert any('"arguments": {"key2": 2, "deep"' in text for text in read.chosens)
    assert "<|im_end|>\n" in list(read.rejects)
    assert all(ids.numel() for row in range(len(read)) for ids in read[row][:4])


@pytest.mark.parametrize(
    ("shape", "stage"),
    [("llamafactory", "rm"), ("llamafactory-kto", "kto"), ("llamafactory-sft", "sft")],
)
def test_llamafactory_reads_calls_and_their_answers(tmp_path: Path, shape: str, stage: str) -> None:
    result = built(shape, tmp_path / "r", dialogues())
    read = [row for rows in aligned(result, stage).values() for row in rows]
    assert len(read) == result.ledger.rows_out
    assert all(row["_prompt"] and row["_response"] for row in read)
    roles = {turn["role"] for row in read for turn in row["_prompt"]}
    assert {"function", "observation"} <= roles
    calls = [
        turn["content"] for row in read for turn in row["_response"] if turn["role"] == "function"
    ]
    assert all(json.loads(call)["name"] == "look" for call in calls)
    assert calls


def test_llamafactory_takes_silence_for_what_it_is(tmp_path: Path) -> None:
    """It knows a bad response by an empty one before it, so that a good one must not be empty."""
    result = built("llamafactory-kto", tmp_path / "r", silent())
    read = [row["_response"] for rows in aligned(result, "kto").values() for row in rows]
    assert result.ledger.drops == {"empty_response": 20}
    assert len(read) == 60
    assert [first["content"] for first, second in read if not second["content"]].count(
        "Fine."
    ) == 20


def test_axolotl_would_take_the_prompt_for_an_empty_response(tmp_path: Path) -> None:
    """Which is why its format has no place for one."""
    strategies = pytest.importorskip("axolotl.prompt_strategies.dpo", reason=WHY)
    config = importlib.import_module("axolotl.utils.dict").DictDefault(
        datasets=[{"type": "chat_template.default", "chat_template": "tokenizer_default"}]
    )
    read, _ = strategies.load("chat_template.default", config)
    row = {
        "messages": [{"role": "user", "content": "Why?"}],
        "chosen": {"role": "assistant", "content": "So."},
        "rejected": {"role": "assistant", "content": ""},
    }
    assert "dummy_message" in read(row, tokenizer=tokenizer([row]))["rejected"]
    assert built("axolotl", tmp_path / "r", [*silent(), *dialogues()]).ledger.drops == {
        "empty_response": 40,
        "tool_calls_not_carried": 45,
    }


@pytest.mark.parametrize(("shape", "file_type"), WRITTEN)
def test_the_croissant_of_tool_dialogues_is_read(
    tmp_path: Path, shape: str, file_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason=WHY)
    result = built(shape, tmp_path / "r", dialogues(), file_type)
    monkeypatch.chdir(result.path)
    read = mlcroissant.Dataset("croissant.json")
    assert not read.metadata.ctx.issues.errors
    for records in read.metadata.record_sets:
        assert len(list(read.records(records.id))) in [
            count for splits in result.rows.values() for count in splits.values()
        ]
