"""Attempts that are counted: whoever fails again and again waits longer each time.

An attempt is counted as a failure by the statement that checks whether it may be made, before it
is made; success gives it back. So a hundred guesses at one moment are counted one after another.

Guesses at an account are counted apart for each browser that its owner has logged in with, after
OWASP's “device cookies”: strangers who fail make strangers wait, not the owner.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from projects.exceptions import TooManyAttempts
from projects.models import Throttle
from projects.models.users import normal_address

_NEXT = """
    CASE WHEN t.at < clock_timestamp() - make_interval(secs => %(window)s)
    THEN 1 ELSE t.count + 1 END
"""
_COUNT = f"""
    INSERT INTO projects_throttle AS t (key, count, at, free_at)
    VALUES (%(key)s, 1, clock_timestamp(), clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET
        count = {_NEXT},
        at = clock_timestamp(),
        free_at = clock_timestamp() + make_interval(secs => CASE
            WHEN {_NEXT} < %(attempts)s THEN 0
            ELSE least(%(first)s * power(2, least({_NEXT} - %(attempts)s, 20)), %(longest)s) END)
    WHERE t.free_at <= clock_timestamp()
    RETURNING count
"""  # noqa: S608 - nothing but our own expression is put in
_WAIT = """
    SELECT extract(epoch FROM free_at - clock_timestamp()) FROM projects_throttle WHERE key = %s
"""
#: What some proxies write behind an address: another one with every connection.
_PORT = re.compile(r"(?:(?<=\])|(?<=\.\d)|(?<=\.\d\d)|(?<=\.\d\d\d)):\d+$")
#: Seconds of the first wait; each further failure doubles it, up to the longest.
FIRST_WAIT = 5
LONGEST_FOR_ACCOUNT = 300
#: The same for links to set a password.
FIRST_RESET_WAIT = 600
#: Short, because many people may share an address, and for guesses at one account it is not alone.
LONGEST_FOR_ADDRESS = 30
_KEEP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LoginTicket:
    """A log-in that may be tried: what success gives back."""

    account: str
    address: str
    device: str


def account_key(email: str) -> str:
    """What stands for an account where it is counted: what was typed is not kept in clear."""
    return salted_hmac("projects.throttle", normal_address(email), algorithm="sha256").hexdigest()


def network_of(address: str) -> str:
    """What one customer of a network has: an IPv4 address, or 64 bits of an IPv6 one; no port."""
    bare = _PORT.sub("", address)
    try:
        known = ip_address(bare.strip("[]"))
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped or IPv6Network((int(known), 64), strict=False))


def begin_login(*, email: str, address: str, device: str = "") -> LoginTicket:
    """Counts a log-in as failed until `end_login` says otherwise.

    `device` names a browser in which the account's owner has logged in before; nobody else's
    failures count for it. Raises TooManyAttempts with the seconds to wait; then nothing is counted.
    """
    account = account_key(email)
    place = network_of(address)
    ticket = LoginTicket(f"account:{account}", f"address:{place}", device and f"device:{device}")
    with transaction.atomic():
        if device:
            _count(ticket.device, settings.LOGIN_ATTEMPTS_PER_ACCOUNT, LONGEST_FOR_ACCOUNT)
        else:
            _count(ticket.address, settings.LOGIN_ATTEMPTS_PER_ADDRESS, LONGEST_FOR_ADDRESS)
            _count(ticket.account, settings.LOGIN_ATTEMPTS_PER_ACCOUNT, LONGEST_FOR_ACCOUNT)
    return ticket


def begin_password_change(*, user_id: int) -> LoginTicket:
    """Counts the old password as wrong until `end_login` says otherwise.

    Whoever sits at somebody's open session guesses there. Raises TooManyAttempts.
    """
    key = f"change:{user_id}"
    _count(key, settings.LOGIN_ATTEMPTS_PER_ACCOUNT, LONGEST_FOR_ACCOUNT)
    return LoginTicket(account=key, address="", device=key)


def end_login(ticket: LoginTicket) -> None:
    """It was the right password: forgets the account's failures; the address's stay counted."""
    if ticket.device:
        Throttle.objects.filter(key=ticket.device).delete()
        return
    Throttle.objects.filter(key=ticket.account).delete()
    Throttle.objects.filter(key=ticket.address).update(
        count=Greatest(F("count") - 1, 0), free_at=Now()
    )


def forget_failures(*, email: str) -> None:
    """What a new password is for: whoever set it need not wait for strangers' failures."""
    Throttle.objects.filter(key=f"account:{account_key(email)}").delete()


def begin_reset(*, email: str, address: str) -> bool:
    """Counts that somebody asks for a link; False where that account has had enough of them.

    It does not look whether there is such an account. Raises TooManyAttempts where too many are
    asked for from that address.
    """
    longest = window = settings.RESET_WINDOW
    place = network_of(address)
    _count(f"reset-address:{place}", settings.RESETS_PER_ADDRESS, longest, window=window)
    try:
        _count(
            f"reset-account:{account_key(email)}",
            settings.RESETS_PER_ACCOUNT,
            longest,
            window=window,
            first=FIRST_RESET_WAIT,
        )
    except TooManyAttempts:
        return False
    return True


def forget_old_attempts() -> None:
    """Deletes what no window reaches any more."""
    window = timedelta(seconds=max(settings.LOGIN_ATTEMPTS_WINDOW, settings.RESET_WINDOW))
    Throttle.objects.filter(at__lt=timezone.now() - window - _KEEP).delete()


def _count(key: str, attempts: int, longest: int, *, window: int = 0, first: int = 0) -> None:
    """Counts one more attempt and decides the wait after it, in one statement.

    Raises TooManyAttempts, and counts nothing, where the wait after the one before is not over.
    """
    window = window or settings.LOGIN_ATTEMPTS_WINDOW
    values: dict[str, str | int] = {
        "key": key,
        "attempts": attempts,
        "longest": min(longest, window),
        "window": window,
        "first": first or FIRST_WAIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        if cursor.fetchone():
            return
        cursor.execute(_WAIT, [key])
        row = cursor.fetchone()
    seconds = max(1, math.ceil(row[0])) if row else 1
    raise TooManyAttempts(_too_many(seconds), retry_after=seconds)


def _too_many(seconds: int) -> str:
    if seconds < 60:
        sentence = ngettext(
            "Too many failed attempts. Try again in %(seconds)d second.",
            "Too many failed attempts. Try again in %(seconds)d seconds.",
            seconds,
        )
        return sentence % {"seconds": seconds}
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "Too many failed attempts. Try again in %(minutes)d minute.",
        "Too many failed attempts. Try again in %(minutes)d minutes.",
        minutes,
    )
    return sentence % {"minutes": minutes}
