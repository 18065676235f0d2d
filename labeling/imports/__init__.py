"""Prompts, responses and labels on their way in."""
