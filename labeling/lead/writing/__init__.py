"""What raters write: how much of it is approved, how much is changed, how it came about."""
