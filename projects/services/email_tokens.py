"""The secret in a link that changes an address: whose, from which to which, for a day.

It ends with the password and with the address that it was made under.
"""

from __future__ import annotations

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from projects.models import User

_SALT = "projects.email"
_SECONDS = 24 * 3600


def email_token(user: User, address: str) -> str:
    """The secret that gives this user that address."""
    return signing.dumps([user.pk, address, _state(user)], salt=_SALT)


def read_email_token(token: str) -> tuple[User, str] | None:
    """Whose it is and the new address; None where it is old, used or was never made here."""
    try:
        pk, address, state = signing.loads(token, salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or not constant_time_compare(state, _state(user)):
        return None
    return user, address


def _state(user: User) -> str:
    return salted_hmac(_SALT, f"{user.password}\x1f{user.email}").hexdigest()[:32]
