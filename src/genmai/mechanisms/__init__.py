"""Mechanisms are data: the loader and the rules for the `mechanisms/` folder. Knows no process, no table, no clock."""
