"""What raters say of themselves if they like, and what groups of them answer: never one person."""
