"""Probabilistic linkage: records in, pairs with explained weights out. Acts on nothing."""
