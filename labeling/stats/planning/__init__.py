"""Planning: how many judgments are enough, and what they cost."""
