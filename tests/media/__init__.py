"""Pictures: made safe to keep and to show."""
