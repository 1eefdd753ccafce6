"""Jobs run at every turn of the loop: each module has `run(*, at) -> str` and stops after a few seconds of itself."""
