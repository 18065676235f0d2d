"""A backup of an instance: its database as of one moment, and the files that belong to it."""
