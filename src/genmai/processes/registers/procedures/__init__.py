"""Procedures with stages and numbered steps about a person, kept as one file a person (一人一档)."""
