"""What a log line looks like: a JSON object for machines, or a line for people."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from projects.tracing import current_request_id

#: What every record has by itself; the rest of it was given by whoever logged.
_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "request"}
#: What opens a door to whoever reads it: API tokens (their beginning is shown on pages, and stays),
#: invitation links, links to set a password, sessions.
_SECRETS = re.compile(
    r"(cnc_[\w-]{6})[\w-]+"
    r"|((?i:/invitation/))[^/\s\"'?]+"
    r"|(/password/reset/[^/\s\"'?]+/)[^/\s\"'?]+"
    r"|(\bsessionid=)[^;\s\"']+"
    # A link that was cut or mistyped is of use to whoever mends it.
    r"|(/)[\w-]{43}(?![\w-])"
)


def masked(text: str) -> str:
    """The text without what would let its reader in."""
    return _SECRETS.sub(lambda match: f"{match[match.lastindex or 0]}…", text)


class MaskingFormatter(logging.Formatter):
    """What another formatter writes, masked; for logs that are not ours to format."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The record in the other's words, tracebacks included."""
        return masked(self._inner.format(record))


class MildRefusals(logging.Filter):
    """What clients did wrong (a Host that is not ours above all) is a line, no fault of the site.

    Django logs it as an error with a traceback, and names its setting where ours is meant.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets everything pass, refusals as a warning without a traceback."""
        if record.name.startswith("django.security.") and record.levelno == logging.ERROR:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
            record.msg = str(record.msg).replace("ALLOWED_HOSTS", "CONCORD_HOSTS")
        return True


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, the fields given, and the request's id."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, whatever is in it."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _OWN},
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return masked(json.dumps(line, default=str, ensure_ascii=False))


class LineFormatter(logging.Formatter):
    """Time, level, logger, message; what belongs to a request ends with its id."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in lines, masked, tracebacks included."""
        return masked(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The first line of a record; tracebacks follow."""
        line = super().formatMessage(record)
        request_id = current_request_id()
        return f"{line} [{request_id}]" if request_id else line
