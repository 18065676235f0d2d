"""Judgments of a rater that a lead leaves out of figures and releases, and takes in again."""
