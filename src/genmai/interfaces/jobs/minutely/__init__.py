"""Jobs run minutely: each module has `run(*, at) -> str` (a line for the log; empty when there was nothing to do)."""
