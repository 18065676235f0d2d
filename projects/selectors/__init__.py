"""Reads of the project desk."""
