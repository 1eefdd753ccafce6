"""Exports in the browser: ask, wait, fetch, find again, and check a file that came back."""
