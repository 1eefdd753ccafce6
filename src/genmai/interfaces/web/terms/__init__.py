"""Who holds which post of a body: its terms, posts one by one, and who was sent there for a time."""
