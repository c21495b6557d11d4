"""What messages say: bodies on the sockets and of callbacks, roles, and what they are made of."""
