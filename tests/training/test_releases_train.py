"""A release loads with `datasets` and trains with TRL as it is.

Optional: needs requirements-training.txt beside the tests' own; skipped where it is not installed.
The project is invented: one response of each pair is polite, the other rude, and raters prefer the
polite one, so a model that reads the files as they are meant must tell them apart.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labeling.datasets.formats import FORMATS
from tests.datasets.release_rows import release, task, votes

pytestmark = pytest.mark.training

datasets = pytest.importorskip("datasets", reason="pip install -r requirements-training.txt")
trl = pytest.importorskip("trl", reason="pip install -r requirements-training.txt")
tokenizers = pytest.importorskip("tokenizers")
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

TEMPLATE = (
    "{%- for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] }}"
    "{{ '<|im_end|>\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{%- endif %}"
)
FILLER = (
    "First gather what you need.", "It depends on the season.", "Most people start small.",
    "There are three ways.", "Measure twice.", "Details vary by region.", "A short walk helps.",
)  # fmt: skip


def tasks() -> Iterator[Any]:
    """400 tasks; the polite response is first or second by chance."""
    rng = random.Random(7)
    words = [f"subject{i}" for i in range(300)]
    for number in range(400):
        polite = " ".join([*rng.sample(FILLER, 2), "I am happy to help you with that."])
        rude = " ".join([*rng.sample(FILLER, 2), "What a silly question, find out yourself."])
        swapped = rng.random() < 0.5
        side = 1 if swapped else -1
        yield task(
            f"q{number}",
            *votes(2 * side, side, rng.choice([0, side])),
            messages=[("user", "Please explain " + " ".join(rng.sample(words, 6)))],
            responses=(rude, polite) if swapped else (polite, rude),
        )


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No hub, and no cache that could vouch for an older release."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", True)


@pytest.mark.parametrize("file_type", ["parquet", "jsonl"])
@pytest.mark.parametrize("shape", FORMATS)
def test_every_format_loads_as_it_is(tmp_path: Path, shape: str, file_type: str) -> None:
    result = release(tasks(), tmp_path / "r", shape=shape, file_type=file_type)
    for table in FORMATS[shape].tables:
        loaded = datasets.load_dataset(str(result.path), table.name)
        assert {name: len(rows) for name, rows in loaded.items()} == result.rows[table.name]
        assert loaded["train"].column_names == list(table.names)
    default = datasets.load_dataset(str(result.path), streaming=True)
    assert next(iter(default["train"]))["chosen"]


@pytest.mark.parametrize("shape", ["native", "trl-implicit"])
def test_a_reward_model_learns_to_prefer_what_raters_chose(tmp_path: Path, shape: str) -> None:
    data = datasets.load_dataset(str(release(tasks(), tmp_path / "r", shape=shape).path))
    trainer = trl.RewardTrainer(
        model=small_model("Qwen2ForSequenceClassification"),
        args=trl.RewardConfig(**arguments(tmp_path, 1e-3)),
        train_dataset=data["train"],
        eval_dataset=data["test"],
        processing_class=tokenizer(data["train"]),
    )
    trainer.train()
    assert trainer.evaluate()["eval_accuracy"] > 0.9


def test_dpo_trains_on_the_pairs(tmp_path: Path) -> None:
    data = datasets.load_dataset(str(release(tasks(), tmp_path / "r").path))
    trainer = trl.DPOTrainer(
        model=small_model("Qwen2ForCausalLM"),
        ref_model=small_model("Qwen2ForCausalLM"),
        args=trl.DPOConfig(**arguments(tmp_path, 2e-3)),
        train_dataset=data["train"],
        eval_dataset=data["test"],
        processing_class=tokenizer(data["train"]),
    )
    trainer.train()
    assert trainer.evaluate()["eval_rewards/accuracies"] > 0.9


def test_kto_trains_on_the_unpaired_rows_in_file_order(tmp_path: Path) -> None:
    data = datasets.load_dataset(str(release(tasks(), tmp_path / "r").path), "kto")
    trainer = trl.KTOTrainer(
        model=small_model("Qwen2ForCausalLM"),
        ref_model=small_model("Qwen2ForCausalLM"),
        args=trl.KTOConfig(**arguments(tmp_path, 2e-3)),
        train_dataset=data["train"],
        eval_dataset=data["test"],
        processing_class=tokenizer(data["train"]),
    )
    trainer.train()
    measured = trainer.evaluate()
    assert measured["eval_rewards/chosen"] > measured["eval_rewards/rejected"]


def tokenizer(rows: Any) -> Any:
    """A byte-level BPE tokenizer of the training texts, with a chat template."""
    level = tokenizers.pre_tokenizers.ByteLevel
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = level(add_prefix_space=False)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=1000,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        show_progress=False,
        initial_alphabet=level.alphabet(),
    )
    named = [
        name for name in ("prompt", "chosen", "rejected", "completion") if name in rows.features
    ]
    made.train_from_iterator(
        (turn["content"] for row in rows for name in named for turn in row[name]), trainer
    )
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    fast.chat_template = TEMPLATE
    return fast


def small_model(kind: str) -> Any:
    """Two layers with random weights."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = transformers.Qwen2Config(
        vocab_size=1000,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        pad_token_id=0,
        eos_token_id=2,
        num_labels=1,
        tie_word_embeddings=True,
    )
    return getattr(transformers, kind)(config).float()


def arguments(folder: Path, rate: float) -> dict[str, Any]:
    """What all trainers are told."""
    return {
        "output_dir": str(folder / "out"),
        "max_steps": 60,
        "per_device_train_batch_size": 16,
        "learning_rate": rate,
        "lr_scheduler_type": "constant",
        "max_length": 256,
        "report_to": "none",
        "save_strategy": "no",
        "bf16": False,
        "use_cpu": True,
        "gradient_checkpointing": False,
        "disable_tqdm": True,
        "seed": 0,
    }
