"""How requests prove who makes them: login and refresh, and who keeps the tokens."""
