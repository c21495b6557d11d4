"""Any sequence of messages of clients against a fake: how it is drawn, carried out and judged."""
