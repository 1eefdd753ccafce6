"""The circular of a round of inspection: its figures as read on the screen, and the Word file with the same."""
