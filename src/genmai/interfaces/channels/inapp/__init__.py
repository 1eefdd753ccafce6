"""Notices people read in the product itself."""
