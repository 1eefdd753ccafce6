"""Settings, urls and wiring; imported by no other room."""
