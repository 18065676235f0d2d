"""Refused rows, and what a look at a file says of it, as programs read them."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins
from rest_framework import serializers

from labeling.datasets.readers import ColumnQuestion, FilePreview, UnusedFiles
from labeling.datasets.readers.fields import refusal as refusal_of
from labeling.datasets.rows import Duplicate, ImportRow, Refusal, RowError
from labeling.imports.right_answers import right_answer_of


class RefusalSerializer(serializers.Serializer[Any]):
    """A refused row: where, which field, why, and what stood there."""

    line = serializers.IntegerField()
    number = serializers.IntegerField(
        help_text="The row's place in a JSON list, from 1; 0 in files whose lines are rows."
    )
    row_id = serializers.CharField(allow_blank=True, help_text="The row's own id, if it has one.")
    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True, help_text="The kind of reason, for programs.")
    reason = serializers.CharField()
    excerpt = serializers.CharField(allow_blank=True)


class MappingOptionSerializer(serializers.Serializer[Any]):
    """One way to mean it: what to send as `mapping`, and as `format` where that is not empty."""

    text = serializers.CharField()
    mapping = serializers.DictField(child=serializers.CharField())
    format = serializers.CharField(allow_blank=True)


class QuestionSerializer(serializers.Serializer[Any]):
    """Something that the file leaves open, or a mapping that would make more of it."""

    text = serializers.CharField()
    options = MappingOptionSerializer(many=True)


class UnusedFilesSerializer(serializers.Serializer[Any]):
    """Files beside the rows that no row names, which are not imported."""

    count = serializers.IntegerField(
        allow_null=True, help_text="Null in a preview that did not look at all rows."
    )
    names = serializers.ListField(child=serializers.CharField(), help_text="The first of them.")
    system = serializers.IntegerField(
        help_text="Besides: what systems add to archives by themselves (`__MACOSX/`, `.DS_Store`)."
    )


class RightSerializer(serializers.Serializer[Any]):
    """What a row says is right: a copy of its task becomes gold, or an anchor."""

    purpose = serializers.CharField()
    kind = serializers.CharField()
    answers = serializers.DictField()
    reason = serializers.CharField(allow_blank=True)


class PreviewRowSerializer(serializers.Serializer[Any]):
    """A row as it would be imported: `row`, or why not: `refusal`; a repeated one has neither."""

    row = serializers.DictField(allow_null=True)
    gold = RightSerializer(allow_null=True, help_text="What its `gold` says is right.")
    refusal = RefusalSerializer(allow_null=True)


class ImportPreviewSerializer(serializers.Serializer[Any]):
    """What a file is, and its first rows; nothing of it is imported."""

    format = serializers.CharField(allow_blank=True, help_text="Empty where no kind fits.")
    columns = serializers.DictField(child=serializers.CharField())
    mapping = serializers.DictField(child=serializers.CharField())
    kind = serializers.CharField(
        allow_blank=True, help_text="Of every row's task; empty where each row says its own."
    )
    problem = serializers.CharField(allow_blank=True)
    questions = QuestionSerializer(many=True, help_text="To be answered before it is imported.")
    notices = QuestionSerializer(
        many=True,
        help_text="What another mapping would make of it, and which table of a release it is.",
    )
    unused_files = UnusedFilesSerializer()
    rows = PreviewRowSerializer(many=True)


def _question_json(question: ColumnQuestion) -> dict[str, Any]:
    options = [
        {"text": option.text, "mapping": dict(option.mapping), "format": option.format}
        for option in question.options
    ]
    return {"text": question.text, "options": options}


def _preview_row_json(row: ImportRow | Duplicate | Refusal) -> dict[str, Any]:
    right = None
    if isinstance(row, ImportRow):
        try:
            right, row = right_answer_of(row)
        except RowError as error:
            row = refusal_of(row.line, error)
    names = ("line", "field", "code", "reason", "excerpt")
    return {
        "row": to_builtins(row) if isinstance(row, ImportRow) else None,
        "gold": to_builtins(right.known) if right else None,
        "refusal": {name: getattr(row, name) for name in names}
        if isinstance(row, Refusal)
        else None,
    }


def unused_json(unused: UnusedFiles) -> dict[str, Any]:
    """Files that no row names."""
    count = unused.count if unused.is_known else None
    return {"count": count, "names": unused.names, "system": unused.system}


def preview_json(preview: FilePreview) -> dict[str, Any]:
    """What a file is, and its first rows."""
    shown = preview.detection
    return {
        "format": shown.format or "",
        "columns": {column: str(role) for column, role in shown.roles.items()},
        "mapping": dict(shown.mapping),
        "kind": shown.kind,
        "problem": shown.problem,
        "questions": list(map(_question_json, shown.questions)),
        "notices": list(map(_question_json, shown.notices)),
        "unused_files": unused_json(preview.unused),
        "rows": list(map(_preview_row_json, preview.rows)),
    }
