"""The items that people write, sources and subscriptions, and how they are read and checked."""
