"""A tokenizer, a model and arguments small enough to train within seconds on one core."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.training.examples import texts_in

WHY = "pip install -r requirements-training.txt"

datasets = pytest.importorskip("datasets", reason=WHY)
tokenizers = pytest.importorskip("tokenizers", reason=WHY)
torch = pytest.importorskip("torch", reason=WHY)
transformers = pytest.importorskip("transformers", reason=WHY)

TEMPLATE = (
    "{%- for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] }}"
    "{{ '<|im_end|>\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{%- endif %}"
)


def tokenizer(rows: Iterable[Any]) -> Any:
    """A byte-level BPE tokenizer of every text in these rows, with a chat template."""
    level = tokenizers.pre_tokenizers.ByteLevel
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = level(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=1000,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        show_progress=False,
        initial_alphabet=level.alphabet(),
    )
    made.train_from_iterator((text for row in rows for text in texts_in(row)), trainer)
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


def arguments(folder: Path, rate: float, steps: int) -> dict[str, Any]:
    """What all trainers are told."""
    return {
        "output_dir": str(folder / "out"),
        "max_steps": steps,
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
