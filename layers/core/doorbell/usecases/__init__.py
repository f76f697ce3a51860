"""The story of each function, told with ports."""
