"""Background work: the folder a module lies in is its schedule; `worker.py` is the one loop."""
