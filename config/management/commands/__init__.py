"""Commands of whoever runs Concord."""
