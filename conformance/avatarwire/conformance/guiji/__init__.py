"""Conformance of Guiji: what a case works with, and the cases."""
