"""Read-only compositions above the processes: exports, the board, circulars."""
