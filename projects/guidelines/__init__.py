"""Guidelines: text, immutable versions, principles, acknowledgements."""
