"""A whole city's registry from a seed: sheets as the city's own offices keep them."""
