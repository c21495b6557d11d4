"""Tests of what tries and breaks clients."""
