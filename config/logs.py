"""What a log line looks like: a JSON object for machines, or a line for people."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from projects.tracing import current_request_id

#: What every record has by itself; the rest of it was given by whoever logged.
_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "request"}


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
        return json.dumps(line, default=str)


class LineFormatter(logging.Formatter):
    """Time, level, logger, message; what belongs to a request ends with its id."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The first line of a record; tracebacks follow."""
        line = super().formatMessage(record)
        request_id = current_request_id()
        return f"{line} [{request_id}]" if request_id else line
