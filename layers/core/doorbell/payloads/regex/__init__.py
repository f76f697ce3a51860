"""How long a search for a regular expression may take."""
