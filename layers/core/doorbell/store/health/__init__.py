"""An endpoint's health and its wake, as the Endpoints table keeps them, and the index that finds wakes."""
