"""Inspection: rounds, findings entered once, notices, what a body must put right, the second look, the circular."""
