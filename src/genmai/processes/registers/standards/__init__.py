"""What bodies of a kind are to show or do, by lists that are data."""
