"""How far raters agree, and what limits it."""
