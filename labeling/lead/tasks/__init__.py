"""The tasks of a project, and all that was said on one."""
