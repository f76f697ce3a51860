"""The Refused table: what was turned away, for a while."""
