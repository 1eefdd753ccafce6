"""Reading standards: one body's list, how far a subtree is, who lacks what."""
