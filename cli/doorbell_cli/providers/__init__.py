"""The catalogue, for people: in words, as a request, as an index; and whose a captured request can be."""
