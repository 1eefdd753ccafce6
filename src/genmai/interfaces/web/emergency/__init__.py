"""A place in emergency: the short form for residents and the telephone, and the page from which it is led."""
