"""How alike two matters are, and whether so many at once is unusual: pure arithmetic, no table and no clock."""
