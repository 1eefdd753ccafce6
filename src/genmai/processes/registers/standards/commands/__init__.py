"""Every write about standards."""
