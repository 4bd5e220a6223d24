"""The engineer: it finds, plans, patches and tests, and writes down every step as an event."""
