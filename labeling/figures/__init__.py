"""Figures of each kind of answer, for those who lead and for what is released alike."""
