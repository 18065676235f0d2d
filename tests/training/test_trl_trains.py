"""TRL trains on releases as they are, and learns from them what raters preferred."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.training.examples import polite_tasks, talks, written
from tests.training.tiny import arguments, datasets, small_model, tokenizer

pytestmark = pytest.mark.training

trl = pytest.importorskip("trl", reason="pip install -r requirements-training.txt")

REWARD = ["native", "trl", "trl-implicit", "trl-plain", "trl-plain-implicit", "hh", "ultrafeedback"]
IMPLICIT = {"trl-implicit": "trl", "trl-plain-implicit": "trl-plain"}


def polite(shape: str, folder: Path, table: str | None = None) -> Any:
    """The splits of a release of polite and rude responses, as its card gives them to TRL."""
    rows = datasets.load_dataset(str(written(shape, folder, tasks=polite_tasks()).path), table)
    return rows.remove_columns(["prompt", "messages"]) if shape == "ultrafeedback" else rows


def trainer(kind: str, data: Any, folder: Path, *, rate: float = 2e-3, steps: int = 40) -> Any:
    """A trainer of that kind on the train split, which measures on the test split."""
    models: dict[str, Any] = {"model": small_model("Qwen2ForCausalLM")}
    if kind == "Reward":
        models = {"model": small_model("Qwen2ForSequenceClassification")}
    if kind in ("DPO", "KTO"):
        models["ref_model"] = small_model("Qwen2ForCausalLM")
    return getattr(trl, f"{kind}Trainer")(
        **models,
        args=getattr(trl, f"{kind}Config")(**arguments(folder, rate, steps)),
        train_dataset=data["train"],
        eval_dataset=data["test"],
        processing_class=tokenizer(data["train"]),
    )


def trained(kind: str, data: Any, folder: Path, *, rate: float = 2e-3) -> Any:
    """What it measures after training."""
    made = trainer(kind, data, folder, rate=rate)
    made.train()
    return made.evaluate()


@pytest.mark.parametrize("shape", REWARD)
def test_a_reward_model_learns_to_prefer_what_raters_chose(tmp_path: Path, shape: str) -> None:
    """Traps 5, 6 and 8: `margin` is in every row, and all texts are of one kind."""
    measured = trained("Reward", polite(shape, tmp_path / "r"), tmp_path, rate=1e-3)
    assert measured["eval_accuracy"] > 0.9


@pytest.mark.parametrize("shape", ["native", "trl-plain"])
def test_dpo_learns_to_prefer_what_raters_chose(tmp_path: Path, shape: str) -> None:
    """Trap 4: no column makes a text model refuse the file."""
    measured = trained("DPO", polite(shape, tmp_path / "r"), tmp_path)
    assert measured["eval_rewards/accuracies"] > 0.9


@pytest.mark.parametrize(("shape", "table"), [("native", "kto"), ("trl-unpaired", None)])
def test_kto_learns_from_the_unpaired_rows_in_file_order(
    tmp_path: Path, shape: str, table: str | None
) -> None:
    """Traps 1 and 10: rows are mixed, and labels are truth values."""
    data = polite(shape, tmp_path / "r", table)
    assert data["train"].features["label"] == datasets.Value("bool")
    measured = trained("KTO", data, tmp_path)
    assert measured["eval_rewards/chosen"] > measured["eval_rewards/rejected"]


@pytest.mark.parametrize("shape", ["trl-prompt-completion", "messages"])
def test_fine_tuning_takes_the_demonstrations(tmp_path: Path, shape: str) -> None:
    data = polite(shape, tmp_path / "r")
    made = trainer("SFT", data, tmp_path, steps=5)
    before = made.evaluate()["eval_loss"]
    made.train()
    assert made.evaluate()["eval_loss"] < before


@pytest.mark.parametrize("shape", IMPLICIT)
def test_trl_finds_the_prompt_that_is_inside_the_texts(tmp_path: Path, shape: str) -> None:
    """It takes the longest common beginning, up to a turn or a space, for the prompt."""
    inside, beside = (
        datasets.load_dataset(str(written(key, tmp_path / key).path))["train"]
        for key in (shape, IMPLICIT[shape])
    )
    assert len(inside) == len(beside) > 0
    for extracted, meant in zip(map(trl.extract_prompt, inside), beside, strict=True):
        for side in ("chosen", "rejected"):
            assert extracted["prompt"] + extracted[side] == _joined(meant["prompt"], meant[side])
        if shape == "trl-implicit":
            assert extracted["prompt"] == meant["prompt"]


def _joined(prompt: Any, response: Any) -> Any:
    """A prompt and a response as one text or one conversation."""
    return prompt + ("\n\n" if isinstance(prompt, str) else []) + response


@pytest.mark.parametrize("shape", ["native", "trl", "trl-implicit"])
def test_a_prompt_is_rendered_once(tmp_path: Path, shape: str) -> None:
    """Trap 7: a prompt repeated inside `chosen` trains without a word, rendered twice."""
    rows = datasets.load_dataset(str(written(shape, tmp_path / "r").path))["train"]
    reader = tokenizer(rows)
    meant = {(spoken.turns, spoken.chosen, spoken.rejected) for _, spoken in talks()}
    said = set()
    for row in map(trl.maybe_extract_prompt, rows):
        texts = trl.apply_chat_template(row, reader)
        prompt, *replies = (texts[name] for name in ("prompt", "chosen", "rejected"))
        assert prompt.count("<|im_start|>") == len(row["prompt"]) + 1
        assert [reply.count("<|im_start|>") for reply in replies] == [0, 0]
        turns = tuple((turn["role"], turn["content"]) for turn in row["prompt"])
        said.add((turns, *(reply.removesuffix("<|im_end|>\n") for reply in replies)))
    assert len(said) == len(rows)
    assert said <= meant
