"""The servers Concord brings along: PostgreSQL, Valkey, and the supervisor that runs everything.

Nothing here needs Django but :mod:`config.embedded.prepare`, which runs as a process of its own:
the settings can import :mod:`config.embedded.paths`, and the servers start before Django does.
"""
