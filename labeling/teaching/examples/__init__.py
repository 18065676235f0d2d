"""Worked examples of a project: what is right on them and why, for raters to learn from."""
