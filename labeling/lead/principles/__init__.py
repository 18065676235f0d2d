"""The library of principles: what each says and said, and how it fares."""
