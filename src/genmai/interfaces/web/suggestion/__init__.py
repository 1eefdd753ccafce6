"""What suggestions are made of and how they fare; one suggestion as other pages show it."""
