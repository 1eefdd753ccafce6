"""What is kept of the person signed in, who looked at it, and why they can or can't see a thing."""
