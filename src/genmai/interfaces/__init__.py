"""The edge: pages, API, channels, command line and jobs. Only here are clock and randomness read."""
