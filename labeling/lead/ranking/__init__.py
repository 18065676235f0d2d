"""Models as judgments rank them: win rates, strengths, and who cannot be told apart."""
