"""Matters alike: shown while somebody types, compared side by side at the desk."""
