"""What teaches raters, and what is learned of them: checks among their tasks."""
