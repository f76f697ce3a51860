"""Running files of known requests through the gate that ingest uses."""
