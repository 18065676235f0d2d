"""The converters of other trainers read the formats made for them, and understand what was meant.

Each is run from its own package without what it trains with (GPU kernels, clusters); where it is
not installed the test is skipped. What they read is compared, turn by turn, with what was judged.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import types
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labeling.datasets.build import BuildResult
from tests.datasets.release_rows import task, votes
from tests.training.examples import Spoken, check_pairs, default_table, talks, turns_of, written
from tests.training.tiny import datasets, tokenizer

pytestmark = pytest.mark.training

WHY = "pip install --no-deps -r requirements-converters.txt"
END = "<|im_end|>"


def train_rows(result: BuildResult, table: str | None = None) -> Any:
    """The train split, loaded."""
    return datasets.load_dataset(str(result.path), table)["train"]


def train_count(result: BuildResult, shape: str) -> int:
    """How many rows the train split of the main table has."""
    return result.rows[default_table(shape)]["train"]


def parsed(prompt: str) -> tuple[tuple[str, str], ...]:
    """(role, text) of a prompt that a chat template rendered."""
    *turns, opened = prompt.split("<|im_start|>")[1:]
    assert opened == "assistant\n"
    pairs = (turn.removesuffix(f"{END}\n").split("\n", 1) for turn in turns)
    return tuple((role, text) for role, text in pairs)


def said(rendered: str) -> str:
    """A rendered response without what a chat template puts behind it."""
    return rendered.removesuffix("\n").removesuffix(END)


@pytest.mark.parametrize("shape", ["native", "trl", "openrlhf"])
def test_openrlhf_reads_pairs_for_dpo(tmp_path: Path, shape: str) -> None:
    """`--data.prompt_key prompt --data.apply_chat_template`, for DPO and for reward models."""
    reward_dataset = pytest.importorskip("openrlhf.datasets.reward_dataset", reason=WHY)
    result = written(shape, tmp_path / "r")
    rows = train_rows(result)
    strategy = SimpleNamespace(args=SimpleNamespace(data=SimpleNamespace(
        prompt_key="prompt", chosen_key="chosen", rejected_key="rejected", apply_chat_template=True,
    )))  # fmt: skip
    read = reward_dataset.RewardDataset(
        rows, tokenizer(rows), 4096, strategy, is_dpo=True, num_processors=1
    )
    pairs = [
        Spoken(parsed(prompt), *(said(text) for text in (chosen, rejected)))
        for prompt, chosen, rejected in zip(read.prompts, read.chosens, read.rejects, strict=True)
    ]
    check_pairs(pairs, train_count(result, shape))
    chosen, _, rejected, _, prompt_length = read[0]
    assert 0 < prompt_length < min(chosen.numel(), rejected.numel())


def test_openrlhf_reads_margins_for_reward_models(tmp_path: Path) -> None:
    reward_dataset = pytest.importorskip("openrlhf.datasets.reward_dataset", reason=WHY)
    rows = train_rows(written("openrlhf", tmp_path / "r"))
    margins = [reward_dataset.preprocess_data(row)[3] for row in rows]
    assert all(0 < margin <= 1 for margin in margins)


def llamafactory() -> Any:
    """Its loader, without the readers of sound and video that its package imports beside it."""
    spec = importlib.util.find_spec("llamafactory")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(WHY)
    package = types.ModuleType("llamafactory.data")
    package.__path__ = [str(Path(spec.submodule_search_locations[0], "data"))]
    sys.modules.setdefault("llamafactory.data", package)
    return importlib.import_module("llamafactory.data.loader")


def aligned(result: BuildResult, stage: str) -> dict[str, Any]:
    """What LLaMA-Factory makes of each data set named in dataset_info.json, before tokenizing."""
    loader = llamafactory()
    names = list(json.loads((result.path / "dataset_info.json").read_text("utf-8")))
    hparams = importlib.import_module("llamafactory.hparams")
    merged: dict[str, Any] = loader._get_merged_dataset(
        names,
        hparams.ModelArguments(model_name_or_path="none"),
        hparams.DataArguments(dataset=names, dataset_dir=str(result.path)),
        SimpleNamespace(local_process_index=0, seed=0),
        stage,
        return_dict=True,
    )
    return merged


def spoken_by(row: Any) -> tuple[tuple[str, str], ...]:
    """The prompt of an aligned row, its system turn first."""
    system = (("system", row["_system"]),) if row["_system"] else ()
    return system + turns_of(row["_prompt"])


def test_llamafactory_reads_ranked_pairs(tmp_path: Path) -> None:
    """Stage `rm` serves reward models and, like `dpo`, takes data sets marked as `ranking`."""
    result = written("llamafactory", tmp_path / "r")
    read = [row for rows in aligned(result, "rm").values() for row in rows]
    assert all(len(row["_response"]) == 2 for row in read)
    pairs = [
        Spoken(spoken_by(row), *(reply["content"] for reply in row["_response"])) for row in read
    ]
    check_pairs(pairs, sum(result.rows[default_table("llamafactory")].values()))


def test_llamafactory_reads_labelled_responses(tmp_path: Path) -> None:
    """An empty second turn marks a good response, an empty first one a bad response."""
    result = written("llamafactory-kto", tmp_path / "r")
    read = [row for rows in aligned(result, "kto").values() for row in rows]
    assert len(read) == sum(result.rows[default_table("llamafactory-kto")].values())
    good = {row["_response"][0]["content"] for row in read} - {""}
    bad = {row["_response"][1]["content"] for row in read} - {""}
    assert good
    assert bad
    assert good.isdisjoint(bad)
    assert all("No idea" in text for text in bad)
    assert all("the answer is" in text for text in good)


def test_llamafactory_reads_demonstrations(tmp_path: Path) -> None:
    """Stage `sft`: the last turn is the one to imitate."""
    result = written("llamafactory-sft", tmp_path / "r")
    read = [row for rows in aligned(result, "sft").values() for row in rows]
    assert len(read) == sum(result.rows[default_table("llamafactory-sft")].values()) > 0
    meant = {(spoken.turns, spoken.chosen) for _, spoken in talks()}
    demonstrations = {(spoken_by(row), row["_response"][0]["content"]) for row in read}
    assert demonstrations <= meant


@pytest.mark.parametrize(
    ("shape", "field"), [("axolotl", "messages"), ("native", "prompt"), ("trl", "prompt")]
)
def test_axolotl_reads_pairs(tmp_path: Path, shape: str, field: str) -> None:
    """`type: chat_template.default`; the prompt stands in `messages` or in the field named."""
    strategies = pytest.importorskip("axolotl.prompt_strategies.dpo", reason=WHY)
    config = importlib.import_module("axolotl.utils.dict").DictDefault(
        datasets=[{
            "type": "chat_template.default",
            "chat_template": "tokenizer_default",
            "field_messages": field,
        }]
    )  # fmt: skip
    read, options = strategies.load("chat_template.default", config)
    result = written(shape, tmp_path / "r")
    rows = train_rows(result)
    mapped = rows.map(read, fn_kwargs={"tokenizer": tokenizer(rows)}, **options)
    pairs = [
        Spoken(parsed(row["prompt"]), *(said(row[side]) for side in ("chosen", "rejected")))
        for row in mapped
    ]
    check_pairs(pairs, train_count(result, shape))


def test_axolotl_reads_binarized_ultrafeedback(tmp_path: Path) -> None:
    """`type: chatml.ultra`, made for HuggingFaceH4/ultrafeedback_binarized; single turns only."""
    strategies = pytest.importorskip("axolotl.prompt_strategies.dpo", reason=WHY)
    read = strategies.load("chatml.ultra", {})
    result = written("ultrafeedback", tmp_path / "r")
    single = [row for row in train_rows(result) if len(row["chosen"]) == 2]
    pairs = {
        (row["prompt"], said(row["chosen"]), said(row["rejected"])) for row in map(read, single)
    }
    assert pairs
    assert all("the answer is" in chosen and "No idea" in rejected for _, chosen, rejected in pairs)


def nemo_rl(module: str) -> Any:
    """A module of NeMo-RL, which is not on PyPI: its 0.0.0 there holds a name and nothing else."""
    reason = "needs NeMo-RL 0.6 or later to be importable, and Pillow"
    return pytest.importorskip(f"nemo_rl.data.{module}", reason=reason)


def test_nemo_rl_reads_ranked_completions(tmp_path: Path) -> None:
    preference = nemo_rl("datasets.preference_datasets.preference_dataset")
    processors = nemo_rl("processors")
    spec = nemo_rl("interfaces").TaskDataSpec(task_name="preference")
    result = written("nemo-rl", tmp_path / "r", file_type="jsonl")
    (path,) = result.path.glob("*/train-*.jsonl")
    rows = preference.PreferenceDataset(str(path), split="train").dataset
    reader = tokenizer(
        {"messages": row["context"] + row["completions"][0]["completion"]} for row in rows
    )
    pairs = []
    for number, row in enumerate(rows):
        read = processors.preference_preprocessor(row, spec, reader, 4096, number)
        chosen, rejected = read["message_log_chosen"], read["message_log_rejected"]
        assert [m["content"] for m in chosen[:-1]] == [m["content"] for m in rejected[:-1]]
        replies = (
            log[-1]["content"].split("<|im_start|>assistant\n")[-1] for log in (chosen, rejected)
        )
        pairs.append(Spoken(turns_of(row["context"]), *map(said, replies)))
    check_pairs(pairs, train_count(result, "nemo-rl"))


def test_nemo_rl_reads_helpsteer3(tmp_path: Path) -> None:
    """Its loader of nvidia/HelpSteer3 turns signed preferences into ranks."""
    loader = nemo_rl("datasets.preference_datasets.helpsteer3").HelpSteer3Dataset
    rows = train_rows(written("helpsteer3", tmp_path / "r"))
    this = SimpleNamespace(task_name="HelpSteer3")
    pairs = []
    for row in rows:
        read = loader.format_data(this, row)
        replies = (each["completion"][0]["content"] for each in read["completions"])
        pairs.append(Spoken(turns_of(read["context"]), *replies))
    check_pairs(pairs, len(rows))


def test_arena_rank_ranks_the_models_of_the_votes(tmp_path: Path) -> None:
    """LMArena's own ranking package reads `model_a`, `model_b` and `winner`."""
    reader = pytest.importorskip("arena_rank.utils.data_utils", reason=WHY)
    models = pytest.importorskip("arena_rank.models.bradley_terry", reason=WHY)
    battles = [task(f"battle{i}", *votes(-2, -1, 0 if i % 4 else 3)) for i in range(80)]
    rows = train_rows(written("lmarena", tmp_path / "r", tasks=battles))
    frame = rows.to_pandas()
    read = reader.PairDataset.from_pandas(frame)
    assert read.competitors == ["m1", "m2"]
    assert int(read.counts.sum()) == len(frame)
    assert len(set(read.outcomes.tolist())) == frame["winner"].nunique()
    model = models.BradleyTerry(n_competitors=2)
    model.fit(read)
    first, second = model.params["ratings"]
    assert first > second
