"""Bringing the registry in: templates, a file, its check, its progress, its failing rows."""
