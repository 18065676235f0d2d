"""Topics and choices."""
