"""Clients that are right, written by hand and small, and the same with one bug each."""
