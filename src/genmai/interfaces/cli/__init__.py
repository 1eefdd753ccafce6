"""The `genmai` command: one module a command in `commands/`."""
