"""The fake of the invented vendor."""
