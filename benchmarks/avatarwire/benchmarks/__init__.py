"""Benchmarks that hold the codecs and the fake servers against measured floors; not in the wheel."""
