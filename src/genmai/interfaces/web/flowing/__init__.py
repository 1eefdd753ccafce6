"""Flowing members: who to speak to, both sides of a record, residents' lists."""
