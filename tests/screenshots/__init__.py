"""`make screenshots`: the console's pages as pictures, of a local stack with something going on."""
