"""Where what piles up: hot spots by place and subject, each opening to its matters."""
