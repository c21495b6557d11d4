"""The fake as the adversary of a client: what each deviation of a vendor does to it, and what else would break it."""
