"""What the asyncio drivers of the vendors share; services use `avatarwire.codecs.<vendor>.aio`.

The only part of the codecs that does input and output. It needs the extra ``[client]``, and nothing else in the codecs
imports it.
"""
