"""The demo project's content, written for this project: pure data and its loader."""
