"""Bringing in a work-order sheet: upload, dry run, columns, confirmation, progress, result."""
