"""A request on its way: how much of it is there, and whether that is enough to begin."""

from __future__ import annotations

import re
from typing import Any

#: Bytes of what stands before a body; browsers send one or two thousand.
_LONGEST_HEAD = 64 * 1024
#: Bytes of a body that is waited for; more of it goes only where files go (config/middleware.py).
_LONGEST_BODY = 4 << 20
_PIECE = 256 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


class TooLong(Exception):
    """What comes before the body does not end."""


class Arrival:
    """What has arrived of a request. It decides only when to begin: gunicorn reads it."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        #: Whether the client waits for a word of ours before it sends the body.
        self.wants_word = False
        self._wanted: int | None = None

    def receive(self, sock: Any) -> int:
        """Takes what is there; how many bytes. Raises EOFError where nothing will come."""
        try:
            piece = sock.recv(_PIECE)
        except BlockingIOError:
            return 0
        if not piece:
            raise EOFError
        self.data += piece
        return len(piece)

    def is_whole(self) -> bool:
        """Whether nothing more need be waited for. Raises TooLong."""
        if self._wanted is None:
            end = self.data.find(_END_OF_HEAD, 0, _LONGEST_HEAD)
            if end < 0:
                if len(self.data) >= _LONGEST_HEAD:
                    raise TooLong
                return False
            self._wanted = self._size(end)
        return len(self.data) >= self._wanted

    def _size(self, end: int) -> int:
        """Bytes to wait for; of a body that is too large, or does not say how large, none."""
        head = bytes(self.data[: end + 2])
        size = end + len(_END_OF_HEAD)
        length = _LENGTH.search(head)
        body = int(length[1]) if length else 0
        if body > _LONGEST_BODY:
            return size
        self.wants_word = bool(body and _EXPECTS.search(head))
        return size + body
