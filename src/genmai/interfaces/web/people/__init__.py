"""Accounts and what they may do, for the administrator; the logs, for the auditor."""
