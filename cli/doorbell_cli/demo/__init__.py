"""`doorbell demo`: one GitHub push from the signature to the last retry, on the local stack."""
