"""The way to targets: one file for each service. Imported when the first of them is sent to."""
