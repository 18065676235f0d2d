"""What tasks may touch: raters are told before they choose, and choose topic by topic."""
