"""Providers' own lists of what they have rung for."""
