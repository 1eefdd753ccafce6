"""Looking that stands out, for the audit administrator: a list of questions, none of them an answer."""
