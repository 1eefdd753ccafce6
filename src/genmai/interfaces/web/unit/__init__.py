"""The page of one unit: what waits, what changed, how we do against our own last months; and the deeds behind it."""
