"""One module a command: `add_arguments(parser)` and `run(args) -> int`; the module name is the command's name."""
