"""The servers Concord brings along: PostgreSQL, Valkey, and the supervisor that runs everything.

Everything in this package but :mod:`config.embedded.__main__`'s children works without Django, so
that the settings can import :mod:`config.embedded.paths` and the launchers start before Django does.
"""
