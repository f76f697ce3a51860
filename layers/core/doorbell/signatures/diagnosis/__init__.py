"""What was wrong with a refused request, in words, and what of it may be kept. Nothing here is an
answer's."""
