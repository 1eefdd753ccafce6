"""Every write to a file of a procedure."""
