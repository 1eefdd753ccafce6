"""Volunteer tasks: read and signed up for by anybody, without an account; led by the desk that opened them."""
