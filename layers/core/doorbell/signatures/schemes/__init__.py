"""Declared schemes: `scheme` and `declared` are data, the rest is what is compiled of it."""
