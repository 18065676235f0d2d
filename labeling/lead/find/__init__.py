"""Find: a task, a member or a page by what one remembers of it."""
