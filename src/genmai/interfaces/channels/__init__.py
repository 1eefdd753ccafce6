"""Ways in and out, one folder a kind: receive and send together."""
