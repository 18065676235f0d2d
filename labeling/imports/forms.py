"""The two forms of an import: the file, and what its columns mean."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.datasets.readers import SHAPES, ColumnQuestion, Detection, limits
from labeling.datasets.readers.fields import visible
from labeling.datasets.readers.offers import preference_columns
from labeling.datasets.readers.taskkinds import KIND_WORD
from labeling.imports.column_words import SHOWN_OF_COLUMN, column_title, role_groups
from labeling.imports.files import StoredFile
from labeling.imports.incoming import SentFiles
from labeling.imports.posted import FIELD_PREFIX, REPLY_PREFIX, SAME_PREFIX
from labeling.imports.services import ImportOptions
from labeling.imports.taskkinds import KIND_CHOICES

#: Characters that may be pasted; a file has no such limit.
MAX_PASTED = 2_000_000


class _ManyFiles(forms.FileInput):
    """A field into which several files are chosen or dropped."""

    allow_multiple_selected = True


class _SentFilesField(forms.FileField):
    """A file of rows, and the pictures that its rows name."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> SentFiles | None:
        """The files told apart; whether they fit together is said where they are stored."""
        uploads = data if isinstance(data, list | tuple) else [data]
        sent = SentFiles.of(upload for upload in uploads if isinstance(upload, UploadedFile))
        return sent if sent.rows or sent.pictures else None


class UploadForm(forms.Form):
    """A file with its pictures, or rows pasted as text."""

    file = _SentFilesField(
        label=_("File"),
        required=False,
        help_text=_(
            "JSON, JSON Lines, CSV, TSV, plain, gzip or zstd; or Parquet. Pictures that its rows "
            "name are chosen or dropped along with it, or packed with it as zip."
        ),
    )
    text = forms.CharField(
        label=_("Or paste rows"),
        required=False,
        strip=False,
        max_length=MAX_PASTED,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("JSON, JSON Lines, CSV or TSV, as in a file."),
    )

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two."""
        cleaned = super().clean() or {}
        has_text = bool((cleaned.get("text") or "").strip())
        if cleaned.get("file") and has_text:
            raise forms.ValidationError(_("Choose a file or paste rows, not both."))
        if not cleaned.get("file") and not has_text and not self.errors:
            self.add_error("file", _("Choose a file, or paste rows below."))
        return cleaned

    @property
    def filename(self) -> str:
        """What the report calls it."""
        sent: SentFiles | None = self.cleaned_data.get("file")
        return sent.filename if sent else "pasted rows"

    def content(self) -> Iterable[bytes] | StoredFile:
        """The file as it is kept, or the bytes. Raises InvalidInput where it could not be kept."""
        sent: SentFiles | None = self.cleaned_data.get("file")
        if sent:
            return sent.stored()
        # Browsers send pasted line ends as CRLF, also inside quoted cells.
        return [self.cleaned_data["text"].replace("\r\n", "\n").encode()]


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of the reader under the name of its answer; an option's value is what it maps."""

    name: str
    question: ColumnQuestion

    def options(self) -> Iterator[tuple[str, str, bool]]:
        """The value of each option, its words, and whether it is the guess."""
        for place, option in enumerate(self.question.options):
            value = json.dumps({"mapping": dict(option.mapping), "format": option.format})
            yield value, option.text, place == self.question.guess


class _ColumnSelect(forms.Select):
    """A list of columns, of which a file may have hundreds: Django's own loads a template for each
    option."""

    def render(
        self,
        name: str,
        value: object,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """The list with the column that is chosen."""
        plain, chosen = '<option value="{}">{}</option>', '<option value="{}" selected>{}</option>'
        options = format_html_join(
            "\n",
            "{}",
            (
                (format_html(chosen if column == (value or "") else plain, column, words),)
                for column, words in self.choices
            ),
        )
        named = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>\n{}\n</select>", named, options)


class MappingForm(forms.Form):
    """Which kind of rows, which column is which field, and what to do with labels."""

    format = forms.ChoiceField(
        label=_("Kind of rows"),
        choices=[(shape.key, _(shape.title)) for shape in SHAPES.values()],
    )
    task_kind = forms.ChoiceField(
        label=_("What raters do with a row"),
        required=False,
        choices=KIND_CHOICES,
        help_text=_(
            "By its number: one response is rated, two are compared, three and more are ranked."
        ),
    )
    overlap = forms.IntegerField(
        label=_("Raters per new task"), required=False, min_value=1, max_value=100
    )
    label_rater = forms.CharField(
        label=_("Who gave these labels?"),
        required=False,
        max_length=limits.MAX_RATER,
        help_text=_(
            "The file says which response is better, but not always who said so. Its preferences "
            "become judgments only under the name you give here; empty, they are left out."
        ),
    )
    whose = forms.ChoiceField(
        label=_("Whose labels are these?"),
        required=False,
        choices=[
            ("", _("as their names say")),
            ("people", _("all people's")),
            ("model_rater", _("all models'")),
        ],
        help_text=_(
            "A label under a model's name, such as gpt-4, is kept beside the task as a model's "
            "vote and is no judgment."
        ),
    )

    def __init__(self, detection: Detection, overlap: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape = SHAPES[detection.format or "pairs"]
        self.roles = role_groups(detection.roles.items())
        self.questions = [
            AskedQuestion(f"{REPLY_PREFIX}{place}", question)
            for place, question in enumerate(detection.questions)
        ]
        self.fields["overlap"].help_text = gettext("Empty for the project's %(overlap)s.") % {
            "overlap": overlap
        }
        self.initial.setdefault("format", self.shape.key)
        self.initial.setdefault(KIND_WORD, detection.kind)
        self.fields["format"].help_text = gettext(self.shape.explanation)
        choices = [("", gettext("not in this file")), *_columns(detection)]
        for name in self.shape.fields:
            self.fields[FIELD_PREFIX + name] = forms.ChoiceField(
                label=column_title(name),
                choices=[*choices, *_countings(detection, name)],
                required=False,
                initial=detection.mapping.get(name, ""),
                widget=_ColumnSelect,
            )
        self._add_texts(detection.reshaping.same)
        self.leavable = _leavable(detection)
        # Who gave labels is asked in a field of its own; a winner may seem to be one without.
        self.notices = [
            (
                notice.text,
                column_title(next(iter(notice.options[0].mapping)) if notice.options else ""),
            )
            for notice in detection.notices
            if notice.code != "rater_unnamed" or "winner" in detection.mapping
        ]
        # A winner, or what else may be the label, stands with the columns that matter first.
        self._telling = {"winner"} & detection.mapping.keys() | _offered(detection).keys()
        if untold := any(notice.code == "label_untold" for notice in detection.notices):
            self._telling |= {"winner", "overall"}
        preferences = preference_columns(self.shape, detection.mapping)
        self._ask_for_names(detection, may_be_labels=bool(preferences))
        if not preferences and (untold or not _SAID & set(detection.mapping)):
            del self.fields["whose"]

    def _ask_for_names(self, detection: Detection, *, may_be_labels: bool) -> None:
        """Asks whose the file's labels or answers are, where that may be unsaid."""
        asked = self.fields["label_rater"]
        if any(notice.code == "answers_written" for notice in detection.notices):
            asked.label = gettext("Who wrote these answers?")
            asked.help_text = gettext(
                "Under a name each answer is a text that waits for its review. Without one it is "
                "the draft that raters begin from."
            )
        elif not may_be_labels or detection.has_annotators:
            del self.fields["label_rater"]
        elif detection.names_raters:
            asked.label = gettext("Who gave labels that name nobody?")
            asked.help_text = gettext(
                "The first rows all say who judged. Where a later one does not, its preference "
                "becomes a judgment only under the name you give here."
            )

    def _add_texts(self, same: Mapping[str, str]) -> None:
        """Fields for what stands in every row, with what does."""
        for name in self.shape.fields:
            if name in _SAME:
                self.fields[SAME_PREFIX + name] = forms.CharField(
                    label=column_title(name), required=False, initial=same.get(name, "")
                )

    @property
    def suggests(self) -> bool:
        """Whether one of the questions has a guess."""
        return any(asked.question.guess is not None for asked in self.questions)

    def _bound(self, names: Iterable[str]) -> list[BoundField]:
        return [self[FIELD_PREFIX + name] for name in names]

    def same_fields(self) -> list[BoundField]:
        """The texts that may stand in every row in place of a column."""
        return [self[SAME_PREFIX + name] for name in self.shape.fields if name in _SAME]

    def main_fields(self) -> list[BoundField]:
        """The columns that matter first: the texts, and the id."""
        return self._bound(name for name in self.shape.fields if name in _MAIN | self._telling)

    def other_fields(self) -> list[BoundField]:
        """The rest of the columns."""
        return self._bound(name for name in self.shape.fields if name not in _MAIN | self._telling)


def _columns(detection: Detection) -> Iterator[tuple[str, str]]:
    """The columns of the file and what stands within them, as choices."""
    made = detection.reshaping.made
    for column in dict.fromkeys(chain(detection.columns, detection.within)):
        if column not in made:
            yield column, visible(column, SHOWN_OF_COLUMN)


def _leavable(detection: Detection) -> list[tuple[str, str, bool]]:
    """The columns that may be left out, in words, and whether they are."""
    left_out, made = detection.reshaping.left_out, detection.reshaping.made
    return [
        (column, visible(column, SHOWN_OF_COLUMN), column in left_out)
        for column in dict.fromkeys(chain(detection.unmapped, left_out))
        if column not in made
    ]


def _offered(detection: Detection) -> dict[str, dict[str, str]]:
    """field -> mapping -> what it means, of the columns that may be labels."""
    offered: dict[str, dict[str, str]] = {}
    for notice in detection.notices:
        for option in notice.options:
            for name, spelled in option.mapping.items():
                offered.setdefault(name, {})[spelled] = option.text
    return offered


def _countings(detection: Detection, name: str) -> list[tuple[str, str]]:
    """The ways in which the columns of a field count: those offered, and the one in use."""
    offered = _offered(detection).get(name, {})
    used = detection.mapping.get(name, "")
    if used and used not in detection.columns:
        is_same = name in detection.reshaping.same
        offered.setdefault(used, gettext("in every row") if is_same else detection.counting)
    return [
        (spelled, f"{visible(spelled, SHOWN_OF_COLUMN)} ({meaning})")
        for spelled, meaning in offered.items()
        if spelled not in detection.columns
    ]


#: Fields of which every row of a file may say the same: a model may stand in a header alone.
_SAME = frozenset(
    {
        *("model_a", "model_b", "chosen_model", "rejected_model", "category", "language"),
        *("prompt", "system"),
    }
)
#: Columns that say who judged, or list judgments.
_SAID = frozenset({"rater", "judge", "annotator", "judgments", "annotations", "user", "session"})
_MAIN = frozenset(
    {
        *("id", "prompt", "messages", "context", "responses", "response_a", "response_b"),
        *("chosen", "rejected", "preferred_output", "non_preferred_output"),
        *("passage", "input", "system"),
        *("completions", "conversation_a", "conversation_b", "annotations"),
        *("ranked", "reply", "thumb", "rating", "summary"),
        *("asked", "text", "response", "accept", "reject", "options", "states", "summaries"),
    }
)


def posted_options(form: MappingForm) -> ImportOptions:
    """The options of a valid form."""
    cleaned = form.cleaned_data
    return ImportOptions(cleaned.get("overlap"), cleaned.get("label_rater", ""))
