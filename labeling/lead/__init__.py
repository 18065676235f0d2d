"""What a lead watches and decides."""
