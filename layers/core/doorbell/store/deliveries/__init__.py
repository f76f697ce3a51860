"""Deliveries as the Events table keeps them, and the indexes that find them."""
