"""What a desk keeps for itself: its views, its ready answers, and work on many matters at once."""
