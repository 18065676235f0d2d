"""The rating desk: leases, the screen, judgments."""
