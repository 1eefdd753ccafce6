"""Genmai 根脉: work recorded once where it is done; everything else derived from it."""

__version__ = "0.1.0"
