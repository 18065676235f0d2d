"""Files as a body or a form field, streamed; their options as form fields or in the address."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from labeling.datasets.readers import IMPORT_KINDS
from labeling.datasets.readers.reshaping import LEAVE_OUT
from labeling.datasets.readers.taskkinds import KIND_WORD, ROW_KINDS
from labeling.datasets.readers.whose import WHOSE_WORDS
from labeling.imports.files import StoredFile
from labeling.imports.incoming import PICTURES_FIELD, ROWS_FIELD, SentFiles, too_many_files
from labeling.imports.services import ImportOptions
from projects.api.errors import TooLarge
from projects.exceptions import InvalidInput

_CHUNK = 1 << 20
#: What a form may add to a file: field names, boundaries.
_FORM_MARGIN = 1 << 20
#: Characters of a content type that are repeated.
_SHOWN = 80


class RawBody:
    """A body that is the file itself."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def chunks(self) -> Iterator[bytes]:
        """The body, a piece at a time, once."""
        while chunk := self._stream.read(_CHUNK):
            yield chunk


class RawParser(BaseParser):
    """Takes the body unread; subclasses say which kinds of content."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body as it is, a `RawBody`; nothing is read yet."""
        return RawBody(stream)


#: The reader looks at the content itself; these are the names under which it is sent.
RAW_TYPES = (
    "application/json",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
    "application/csv",
    "text/csv",
    "text/tab-separated-values",
    "text/plain",
    "application/gzip",
    "application/x-gzip",
    "application/zstd",
    "application/x-zstd",
    "application/vnd.apache.parquet",
    "application/x-parquet",
    "application/parquet",
    "application/zip",
    "application/x-zip-compressed",
    "application/octet-stream",
)


def _raw(media_type: str) -> type[RawParser]:
    return type(f"Raw_{media_type}", (RawParser,), {"media_type": media_type})


class OtherParser(RawParser):
    """Refuses what is none of these by saying what is taken."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Raises UnsupportedMediaType."""
        raise UnsupportedMediaType(
            media_type or "",
            _(
                "A file is not sent as “%(type)s”. Send it as %(types)s, or in a "
                "multipart/form-data form."
            )
            % {"type": (media_type or "")[:_SHOWN], "types": ", ".join(RAW_TYPES)},
        )


UPLOAD_PARSERS: list[type[BaseParser]] = [MultiPartParser, *map(_raw, RAW_TYPES), OtherParser]


class UploadSerializer(serializers.Serializer[Any]):
    """A file with its options, as a form."""

    file = serializers.FileField(
        help_text="JSON list, JSON Lines, CSV or TSV, plain, gzip or zstd; Parquet; or a zip "
        "archive of one of them and the pictures that its rows name."
    )
    pictures = serializers.ListField(
        child=serializers.FileField(),
        required=False,
        help_text="Pictures that the rows name; more of them than a form may hold come in a zip "
        "archive.",
    )
    format = serializers.CharField(required=False, help_text="`auto` unless told.")
    mapping = serializers.CharField(
        required=False,
        help_text='A JSON object: `{"prompt": "question"}`. `data.prompt` is a key within a '
        "column, `=GPT-4` a text that stands in every row.",
    )
    kind = serializers.CharField(
        required=False,
        help_text="The kind of task that every row makes: compare, rank or rate; else what the row "
        "says, or by its number of responses: one is rated, two are compared, more are ranked.",
    )
    leave_out = serializers.CharField(
        required=False, help_text="Columns that are left out, with | between them."
    )
    overlap = serializers.IntegerField(required=False, min_value=1, max_value=100)
    label_rater = serializers.CharField(
        required=False, help_text="Who gave the labels of chosen/rejected rows; none if empty."
    )
    people = serializers.CharField(
        required=False,
        help_text="Names whose labels are people's, with | between them; * for all.",
    )
    model_rater = serializers.CharField(
        required=False,
        help_text="Names whose labels are votes of models, with | between them; * for all.",
    )
    yes = serializers.BooleanField(
        required=False, help_text="Accept the reader's guesses where it is unsure."
    )


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in, with what was said about it."""

    filename: str
    content: Iterator[bytes] | StoredFile
    format: str
    mapping: dict[str, str] | None
    options: ImportOptions


def read_upload(request: Request) -> Upload:
    """The upload of a request. Raises InvalidInput naming the field at fault, and TooLarge."""
    limit = settings.IMPORT_MAX_UPLOAD
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit + _FORM_MARGIN:
        raise TooLarge(
            _("A file may have at most %(limit)s MB. Pack it or split it.")
            % {"limit": limit // 2**20}
        )
    try:
        filename, content = _file(request)
    except TooManyFilesSent:
        raise InvalidInput(too_many_files(), fields={ROWS_FIELD: too_many_files()}) from None
    fields = request.query_params.dict()
    if isinstance(request.data, QueryDict):
        fields.update({name: str(request.data[name]) for name in request.data})
    return Upload(
        filename=filename,
        content=content,
        format=_format(fields.get("format") or "auto"),
        mapping=_with_words(_mapping(fields.get("mapping", "")), fields),
        options=ImportOptions(
            overlap=_overlap(fields.get("overlap", "")),
            label_rater=fields.get("label_rater", ""),
            yes=_switch("yes", fields.get("yes", "")),
        ),
    )


def _file(request: Request) -> tuple[str, Iterator[bytes] | StoredFile]:
    if isinstance(request.data, RawBody):
        return request.query_params.get("filename", "rows"), request.data.chunks()
    uploads = request.FILES
    sent = SentFiles.of(uploads.getlist(ROWS_FIELD), uploads.getlist(PICTURES_FIELD))
    if not (sent.rows or sent.pictures):
        message = _("Send the rows as a form's file named “file”, or as the body itself.")
        raise InvalidInput(message, fields={"file": message})
    return sent.filename, sent.stored()


def _format(text: str) -> str:
    if text not in IMPORT_KINDS:
        message = _("Choose one of: %(formats)s.") % {"formats": ", ".join(IMPORT_KINDS)}
        raise InvalidInput(_("There is no such format."), fields={"format": message})
    return text


def _kind(text: str) -> str:
    if text not in ROW_KINDS:
        message = _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(ROW_KINDS)}
        raise InvalidInput(_("There is no such kind of task."), fields={"kind": message})
    return text


def _switch(name: str, text: str) -> bool:
    """A yes or no. Raises InvalidInput for other words."""
    if text.lower() not in ("", "true", "false", "1", "0"):
        message = _("Write true or false.")
        raise InvalidInput(message, fields={name: message})
    return text.lower() in ("true", "1")


def _overlap(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        message = _("Overlap is a whole number of raters from 1 to 100.")
        raise InvalidInput(message, fields={"overlap": message})
    return int(text)


def _with_words(mapping: dict[str, str] | None, fields: Mapping[str, str]) -> dict[str, str] | None:
    """The mapping, and beside its columns whose the labels of these names are, what is left out and
    which kind of task every row makes."""
    words = {word: fields[word] for word in (*WHOSE_WORDS, LEAVE_OUT) if fields.get(word)}
    if kind := fields.get("kind"):
        words[KIND_WORD] = _kind(kind)
    return {**(mapping or {}), **words} if words else mapping


def _mapping(text: str) -> dict[str, str] | None:
    if not text:
        return None
    try:
        mapping = json.loads(text)
    except (ValueError, RecursionError):
        mapping = None
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        message = _('A mapping is a JSON object of texts, such as {"prompt": "question"}.')
        raise InvalidInput(message, fields={"mapping": message})
    return mapping
