"""DynamoDB, S3 and secrets: with `queues` and `runtime/wiring` the only places that know boto3."""
