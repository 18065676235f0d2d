"""Writes of the project desk: keyword-only, typed, atomic."""
