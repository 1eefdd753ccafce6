"""Signing in and out, one's own password, and what the security log says of one's own account."""
