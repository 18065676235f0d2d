"""Frozen datasets: asked for, built, downloaded."""
