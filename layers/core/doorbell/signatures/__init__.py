"""Who sent this request? Schemes as data, the provider catalogue, the gate that ingest asks.

`gate` is the face of the package. Nothing in it loads `cryptography` or a JWT library before a request of a
source that needs one.
"""
