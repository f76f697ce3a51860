"""The way out: the address guard and the only HTTP client Doorbell sends with."""
