"""The invented vendor's conformance."""
