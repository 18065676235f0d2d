"""Counts of the requests of this process, as its sign of life carries them."""

from __future__ import annotations

import threading
from collections import Counter, deque
from datetime import UTC, datetime

from projects.tracing import current_request_id

#: Upper ends of the classes of durations, in seconds.
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_lock = threading.Lock()
_requests: Counter[str] = Counter()
_durations: Counter[str] = Counter()
_seconds = [0.0]
#: The last requests that ended in a 5xx.
_faults: deque[dict[str, object]] = deque(maxlen=10)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one request."""
    method = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
    bucket = next((str(limit) for limit in BUCKETS if seconds <= limit), "+Inf")
    with _lock:
        _requests[f"{method} {status} {route}"] += 1
        _durations[bucket] += 1
        _seconds[0] += seconds
        if status >= 500 and route != "healthz":
            at = datetime.now(UTC).isoformat(" ", "seconds").removesuffix("+00:00") + " UTC"
            _faults.append(
                {"at": at, "route": route, "status": status, "request_id": current_request_id()}
            )


def request_counts() -> dict[str, object]:
    """What this process counted since its start, as it stands in its sign of life."""
    with _lock:
        return {
            "requests": dict(_requests),
            "durations": dict(_durations),
            "seconds": round(_seconds[0], 3),
            "faults": list(_faults),
        }
