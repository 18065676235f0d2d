"""What raters ask because the guideline does not say it, and the precedents that answer it."""
