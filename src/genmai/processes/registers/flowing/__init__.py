"""Flowing members: found from three sources, spoken to, kept by both sides."""
