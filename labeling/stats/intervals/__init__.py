"""Intervals and tests: of shares, of clustered data, of many tests at once."""
