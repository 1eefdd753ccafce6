"""The board: the state of the loop now, for leaders and desks of the district and its towns."""
