"""Secrets by reference: fetched, kept for a while, and what a handshake stores."""
