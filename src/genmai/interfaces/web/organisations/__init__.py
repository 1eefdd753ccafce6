"""The registry of organisations: trees, cards, restructurings, branches on grids."""
