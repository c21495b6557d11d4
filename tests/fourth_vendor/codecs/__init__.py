"""The codecs of an invented vendor: what a fourth one has to declare, and nothing more."""
