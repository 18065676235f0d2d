"""A page of one's own: what a rater did, may still change and can learn from, and no one else's."""
