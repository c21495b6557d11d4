"""Conformance cases and fuzzing, derived from the declarations of the codecs."""
