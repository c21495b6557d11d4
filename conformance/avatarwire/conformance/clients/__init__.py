"""Conformance of clients: a case runs a client against a fake in a situation, and judges what it did."""
