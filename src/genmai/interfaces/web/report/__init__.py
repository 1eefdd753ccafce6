"""Reporting a matter: residents without an account, and staff on somebody's behalf."""
