"""Lists of what bodies are to show: ticking, looking, coverage."""
