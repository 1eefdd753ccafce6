"""Members of one's branches: the roll, one member's file, transfers, dues, what timers put before a body."""
