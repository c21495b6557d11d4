"""What every vendor's codecs are made of. Nothing vendor-specific lives here."""
