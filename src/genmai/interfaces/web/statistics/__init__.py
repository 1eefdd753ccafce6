"""Figures of the membership: year-end tables for any subtree as at any day, and the turn of a term."""
