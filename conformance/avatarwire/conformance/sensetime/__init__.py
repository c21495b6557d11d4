"""Conformance of SenseTime: what a case works with, and the cases."""
