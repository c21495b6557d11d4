"""Transports: they carry what behaviour decides, and decide nothing themselves."""
