"""`import_tasks`: the same service from the command line, with an exit code a script can trust."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labeling.models import Import, Judgment, Prompt, Task
from projects.models import Project, User

PAIR = {"id": "q1", "prompt": "Why?", "response_a": "Because.", "response_b": "No."}


@pytest.fixture
def file(tmp_path: Path):
    """Writes rows as JSON Lines."""

    def write(*rows: object) -> str:
        path = tmp_path / "rows.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in rows))
        return str(path)

    return write


def test_every_row_taken_prints_the_report_and_ends_well(project, file, capsys):
    call_command("import_tasks", project.slug, file(PAIR, {**PAIR, "id": "q2"}), "--overlap", "5")
    printed = capsys.readouterr().out
    assert "rows.jsonl: 2 rows as pairs" in printed
    assert "created             2" in printed
    assert set(Task.objects.values_list("overlap", flat=True)) == {5}


def test_a_refused_row_is_printed_and_the_exit_code_is_1(project, file, capsys):
    with pytest.raises(SystemExit) as exit_:
        call_command("import_tasks", project.slug, file(PAIR, {**PAIR, "id": "q2", "prompt": 3}))
    assert exit_.value.code == 1
    assert "line 2, id q2, prompt [wrong_type]: Must be text" in capsys.readouterr().out
    assert Task.objects.count() == 1


def test_a_dry_run_reports_the_same_and_leaves_nothing(project, file, capsys, settings):
    rows = file({**PAIR, "rater": "r1", "overall": 1}, {**PAIR, "id": "q2", "prompt": ""})
    with pytest.raises(SystemExit):
        call_command("import_tasks", project.slug, rows, "--dry-run")
    printed = capsys.readouterr().out
    assert "Dry run: nothing was changed." in printed
    assert "created             1" in printed
    assert "line 2, id q2, prompt [empty]: Is empty." in printed
    assert not Import.objects.exists()
    assert not Prompt.objects.exists()
    assert not User.objects.filter(is_placeholder=True).exists()
    assert list(Path(settings.IMPORTS_DIR).iterdir()) == []


def test_columns_can_be_mapped(project, file):
    row = {"uid": "7", "q": "Why?", "left": "Because.", "right": "No."}
    mapping = ["--map", "prompt=q", "response_a=left", "--map=response_b=right", "id="]
    call_command("import_tasks", project.slug, file(row), *mapping)
    assert Task.objects.get().prompt.metadata == {"uid": "7"}


def test_labels_of_chosen_and_rejected_can_be_given_a_name(project, file):
    row = {"prompt": "Why?", "chosen": "Because.", "rejected": "No."}
    call_command("import_tasks", project.slug, file(row), "--label-rater", "the paper")
    assert Judgment.objects.get().rater.name == "the paper"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--map", "prompt"], "write field=column"),
        (["--map", "prompt=missing"], "There is no column “missing” for prompt. Columns: id, prom"),
        (["--overlap", "0"], "Choose from 1 to 100 raters."),
    ],
)
def test_a_wrong_argument_is_one_clear_sentence(project, file, arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("import_tasks", project.slug, file(PAIR), *arguments)
    assert not Import.objects.exists()


def test_an_unknown_project_or_file_is_one_clear_sentence(project: Project, file):
    with pytest.raises(CommandError, match=r"no project “nowhere”\. Projects: support-answers"):
        call_command("import_tasks", "nowhere", file(PAIR))
    with pytest.raises(CommandError, match=r"none\.jsonl cannot be read: No such file"):
        call_command("import_tasks", project.slug, "/none.jsonl")


def test_a_file_that_cannot_be_read_to_its_end_changes_nothing(project, tmp_path):
    path = tmp_path / "cut.json"
    path.write_text(json.dumps([PAIR, {**PAIR, "id": "q2"}])[:-1])
    with pytest.raises(CommandError, match=r"expected a comma or the closing \]"):
        call_command("import_tasks", project.slug, str(path))
    assert Task.objects.count() == 0


def test_a_columns_name_says_nothing_to_the_terminal(project, tmp_path, capsys):
    row = {"prompt": "Why?", "response_a": "Because.", "response_b": "No.", "\x1b[2Jgone": 1}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row))
    call_command("import_tasks", project.slug, str(path))
    assert "metadata: \\x1b[2Jgone" in capsys.readouterr().out
    path.write_text(
        json.dumps({**row, "\x1b[2Jtext": "A text that is long enough to be asked about."})
    )
    with pytest.raises(CommandError) as error:
        call_command("import_tasks", project.slug, str(path))
    assert "\x1b" not in str(error.value)
