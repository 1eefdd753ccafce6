"""Commands that need neither Django nor a running database; same shape as those in `commands/`."""
