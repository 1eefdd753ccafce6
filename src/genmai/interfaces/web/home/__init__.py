"""The first page: what this place is, and the two things a resident comes for."""
