"""What a matter is about and whose it is, as an offer to a person: learned from settled cases, or from words alone."""
