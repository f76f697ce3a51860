"""Commands that look at a stack that runs, and repair it."""
