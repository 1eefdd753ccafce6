"""Every write about flowing members, by what it is about."""
