"""What people type into the project desk, checked before a service sees it."""
