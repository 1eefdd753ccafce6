"""Commands of the running application: Django is set up and the database is reached before they are imported.

One module a command: its name (`_` becomes `-`) is the command's name, the first line of its docstring the help;
`add_arguments(parser)` and `run(args) -> int` (the exit code). A `Refused` is shown in plain words, exit code 1.
"""
