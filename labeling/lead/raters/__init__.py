"""Raters, one row each."""
