"""Tests of recordings: a proxy before an endpoint, and the trace that it writes."""
