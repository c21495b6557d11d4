"""Hypothesis strategies of messages, read from the catalogue: valid ones, documented variants, and broken ones.

    >>> from hypothesis import given
    >>> from avatarwire.conformance import strategies
    >>> @given(strategies.messages("aliyun", "text_drive.request"))
    ... def test_my_reader(sample):
    ...     assert my_reader(sample.data)

Values are drawn from the types, then put in order by the rules (`mending.py`), so that hardly any has to be thrown
away.
"""
