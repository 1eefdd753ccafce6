"""Following one's own matter with the code, and judging it."""
