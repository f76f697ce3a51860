"""The Rollups table: what happened, in counts of five minutes."""
