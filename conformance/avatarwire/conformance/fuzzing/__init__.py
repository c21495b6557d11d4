"""Looking for what breaks codecs and fakes."""
