"""Jobs run daily: each module has `run(*, at) -> str` (a line for the log; empty when there was nothing to do)."""
