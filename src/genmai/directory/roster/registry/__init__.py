"""The registry of a whole city from its own sheets: what they hold, and how they are taken in."""
