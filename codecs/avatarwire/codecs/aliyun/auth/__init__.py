"""How requests prove who makes them: the canonical request, and why signatures differ."""
