"""Agreement: how far raters, or one rater twice, give the same answers."""
