"""Figures of speed, each beside what it is measured against: `./genmai bench`."""
