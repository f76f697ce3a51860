"""The tables that people write: sources, subscriptions and event types."""
