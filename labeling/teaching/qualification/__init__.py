"""Training and qualification: what raters do before their first live task, and who passes."""
