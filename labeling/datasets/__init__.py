"""Data sets: import rows and their readers, release records and their writers; pure, no Django."""
