"""The routing index: the table Routes."""
