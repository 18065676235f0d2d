"""Gold, repeats and anchors: what is right, who was right, and what came back the same."""
