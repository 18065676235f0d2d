"""What people type into the labeling desk, checked before a service sees it."""
