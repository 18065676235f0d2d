"""The planner: raters, overlap and cost against what can be told."""
