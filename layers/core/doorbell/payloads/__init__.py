"""What a subscriber gets: filters, transforms, body forms, headers. Pure but for the ports it is given."""
