"""Leave and stand-in: entered for oneself or one's team, ended early, stood in for, told about on the first day back."""
