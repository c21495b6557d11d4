"""Conformance of Aliyun: what a case works with, and the cases."""
