"""Tasks taken out of play, and put back: one, a filter's, or all of an import."""
