"""What goes for good: a whole project, and what tells who a person was."""
