"""Every word that a person reads on a screen goes through gettext; this finds one that does not.

Not for a screen, and so in English: docstrings, log lines, errors for programmers, commands of the
terminal, the OpenAPI document, what is written into files. Pure code marks its words with
`projects.words`; the pure libraries (statistics, data sets) are not read here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import python_files

#: Folders and modules whose words are read on screens.
ROOMS = (
    "config/views.py",
    "config/middleware.py",
    "projects",
    "labeling/admin.py",
    "labeling/api",
    "labeling/charts",
    "labeling/imports",
    "labeling/kinds",
    "labeling/lead",
    "labeling/models",
    "labeling/rating",
    "labeling/releases",
    "labeling/templatetags",
    "labeling/work",
)
#: Of those, what is not read on a screen, and where it is read instead.
ELSEWHERE = {
    "projects/management/": "a terminal",
    "projects/api/replies.py": "the OpenAPI document",
    "projects/project_templates.py": "guidelines and rubrics, which become a project's own text",
    "projects/comparison_scales.py": "published labels, translated where they are shown",
    "projects/response_scales.py": "published labels, translated where they are shown",
    "labeling/imports/apart.py": "reasons of refusals, which a worker stores",
    "labeling/imports/branches.py": "reasons of refusals, which a worker stores",
    "labeling/imports/reviewed.py": "reasons of refusals, which a worker stores",
    "labeling/imports/rubrics.py": "reasons of refusals, which a worker stores",
    "labeling/imports/targets.py": "reasons of refusals, which a worker stores",
    "labeling/kinds/labels.py": "reasons of refusals, which a worker stores",
    "labeling/releases/axis_order.py": "the files of a release",
    "labeling/releases/facts.py": "the files of a release",
    "labeling/releases/stages.py": "the files of a release",
}

GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
    "pgettext",
    "pgettext_lazy",
}
#: What says its first argument, or all of them, to a person.
SAYS = {
    "Conflict",
    "Http404",
    "InvalidInput",
    "PermissionDenied",
    "TooLarge",
    "TooManyAttempts",
    "ValidationError",
    "AuthenticationFailed",
    "NotFound",
    "add_error",
    "debug",
    "info",
    "success",
    "warning",
    "error",
}
#: Arguments and attributes that are shown.
SHOWN = {
    "description",
    "empty_label",
    "error_messages",
    "help_text",
    "help_texts",
    "index_title",
    "label",
    "labels",
    "site_header",
    "site_title",
    "summary",
    "title",
    "verbose_name",
    "verbose_name_plural",
}
#: Names of tables of words: FLAG_LABELS, _SENTENCES.
TABLES = re.compile(r"(^|_)(labels|sentences|titles|words|meanings)$", re.I)
#: Errors that programmers read, sentences that a worker stores, and other words not for a screen.
INWARD = {
    "AssertionError",
    "CommandError",
    "ImproperlyConfigured",
    "JobFailed",
    "JobKind",
    "KeyError",
    "LookupError",
    "NotImplementedError",
    "OpenApiExample",
    "OpenApiParameter",
    "OpenApiResponse",
    "RowError",
    "RuntimeError",
    "TypeError",
    "ValueError",
    "compile",
    "execute",
    "extend_schema",
    "inline_serializer",
    "getLogger",
}
#: A capital, then words: what reads like a sentence or a title, but not like SQL.
SENTENCE = re.compile(r"^[“(]?[A-Z](?![A-Z]+\b)\S* \S*[a-z]")
LETTERS = re.compile(r"[A-Za-z]{2}")


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def owner(node: ast.Call) -> str:
    """The first name of what is called: `serializers` of `serializers.CharField(…)`."""
    function = node.func
    while isinstance(function, ast.Attribute):
        function = function.value
    return getattr(function, "id", "")


def literal(node: ast.expr) -> str | None:
    """The text of a literal, of a f-string without what it fills in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value for part in node.values if isinstance(part, ast.Constant))
        return "".join(str(part) for part in parts)
    return None


class Unmarked(ast.NodeVisitor):
    """Collects the literals of a module that people read and that no gettext call holds."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.shown = False

    def visit_in(self, nodes: list[ast.expr], *, shown: bool) -> None:
        """Visits expressions; `shown` says whether a literal there is read whatever it says."""
        before, self.shown = self.shown, shown
        for node in nodes:
            self.visit(node)
        self.shown = before

    def visit_Expr(self, node: ast.Expr) -> None:
        if literal(node.value) is None:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._judge(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._judge(node)
        fills = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        self.visit_in(fills, shown=False)

    def _judge(self, node: ast.expr) -> None:
        text = literal(node) or ""
        if SENTENCE.match(text) or (self.shown and LETTERS.search(text)):
            self.lines.append(f"{node.lineno}: {text[:70]}")

    def visit_Dict(self, node: ast.Dict) -> None:
        self.visit_in([key for key in node.keys if key is not None], shown=False)
        self.visit_in(node.values, shown=self.shown)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        self.visit_in([node.slice], shown=False)

    def visit_Compare(self, node: ast.Compare) -> None:
        self.visit_in([node.left, *node.comparators], shown=False)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit_in([node.test], shown=False)
        self.visit_in([node.body, node.orelse], shown=self.shown)

    def visit_Call(self, node: ast.Call) -> None:
        name = called(node)
        if name in GETTEXT:
            self._marked(node)
        elif name in INWARD or owner(node) == "logger":
            return
        elif owner(node) == "serializers" or name.endswith("Serializer"):
            # The OpenAPI document; refusals stand in `error_messages`.
            wrong = [word.value for word in node.keywords if word.arg == "error_messages"]
            self.visit_in(wrong, shown=True)
        else:
            self._called(node, says=name in SAYS)

    def _marked(self, node: ast.Call) -> None:
        """Words can be collected only where gettext is called with them as they are."""
        for argument in node.args:
            if isinstance(argument, ast.JoinedStr | ast.BinOp):
                self.lines.append(f"{node.lineno}: gettext of something put together")
            elif literal(argument) is None:
                self.visit_in([argument], shown=False)

    def _called(self, node: ast.Call, *, says: bool) -> None:
        self.visit_in([node.func], shown=False)
        skipped = 1 if called(node) == "add_error" else 0
        self.visit_in(node.args[skipped:], shown=says)
        for word in node.keywords:
            shown = (word.arg in SHOWN) or (says and word.arg in {"fields", "message"})
            self.visit_in([word.value], shown=shown)
        if owner(node) == "forms" and called(node).endswith("Field"):
            hidden = any(
                word.arg == "widget" and "Hidden" in ast.dump(word) for word in node.keywords
            )
            # A keyword without a name is `**options`.
            if not hidden and not {"label", None} & {word.arg for word in node.keywords}:
                self.lines.append(f"{node.lineno}: a form field without a label")

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [ast.unparse(target) for target in node.targets]
        self._assigned(names, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assigned([ast.unparse(node.target)], node.value)

    def _assigned(self, names: list[str], value: ast.expr) -> None:
        last = {name.rpartition(".")[2] for name in names}
        shown = (
            bool(last & SHOWN)
            or any(TABLES.search(name) for name in last)
            or any(re.match(r"(errors|fields)\[", name) for name in last)
        )
        self.visit_in([value], shown=shown)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        choices = any("Choices" in ast.unparse(base) for base in node.bases)
        for statement in node.body:
            pair = getattr(statement, "value", None)
            if choices and isinstance(pair, ast.Tuple):
                self.visit_in(pair.elts[1:], shown=True)
            else:
                self.visit(statement)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for statement in node.body:
            self.visit(statement)


def unmarked(source: str | ast.Module) -> list[str]:
    """What a module says to people without gettext, each with its line."""
    finder = Unmarked()
    finder.visit(ast.parse(source) if isinstance(source, str) else source)
    return finder.lines


def rooms() -> Iterator[tuple[str, ast.Module]]:
    """The modules whose words are read on screens."""
    for path, tree in python_files("config", "projects", "labeling").items():
        here = any(path == room or path.startswith(f"{room}/") for room in ROOMS)
        if here and not path.startswith(tuple(ELSEWHERE)):
            yield path, tree


@pytest.mark.parametrize(
    "source",
    [
        'raise InvalidInput("Too long.")',
        'raise InvalidInput(_("No."), fields={"text": "too long"})',
        'raise Http404(f"no task {number}")',
        'messages.error(request, "changed")',
        'errors["answers"] = "missing"',
        'form.add_error("text", "missing")',
        'field = forms.CharField(label="Text")',
        "field = forms.CharField()",
        'class A(models.TextChoices):\n    B = "b", "Bee"',
        'FLAG_LABELS = {"harm": "harmful"}',
        'sentence = "There is no such task."',
        '_(f"There are {n} tasks.")',
        '_("There are %d tasks." % n)',
        'class Meta:\n    help_texts = {"status": "is it on?"}',
        'tab = Tab(label="rate")',
        'name = serializers.CharField(error_messages={"required": "missing"})',
    ],
)
def test_an_unmarked_word_is_found(source: str):
    assert unmarked(source)


@pytest.mark.parametrize(
    "source",
    [
        'raise InvalidInput(_("Too long."), fields={"text": _("Too long.")})',
        'raise Http404(_("There is no task %(number)d.") % {"number": number})',
        'raise ValueError("Two entries have the same key.")',
        'logger.error("The database cannot be reached: %s", error)',
        '"""A module."""\ndef f():\n    """Says something."""',
        'sql = "SELECT id FROM task"',
        'cursor.execute("Select everything")',
        'state = "done" if job.state == "done" else "failed"',
        'name = serializers.CharField(help_text="The name that is shown.")',
        'sentence = ngettext("%(n)d task", "%(n)d tasks", n) % {"n": n}',
        'field = forms.CharField(label=_("Text"), widget=forms.TextInput(attrs={"rows": "3"}))',
        "key = forms.CharField(widget=forms.HiddenInput())",
    ],
)
def test_words_that_are_marked_or_not_for_people_pass(source: str):
    assert unmarked(source) == []


def test_every_word_on_a_screen_goes_through_gettext():
    assert [f"{path}:{line}" for path, tree in rooms() for line in unmarked(tree)] == []
