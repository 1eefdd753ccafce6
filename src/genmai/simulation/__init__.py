"""A seeded district that acts only through commands: demo, training ground and benchmark in one."""
