"""A project's home: what is left, how fast, what needs a person."""
