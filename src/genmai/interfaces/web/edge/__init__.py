"""Where the outside meets the rooms: who is asking, what time it is, which key a post carries, how a refusal looks."""
