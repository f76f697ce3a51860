"""SQS envelopes and EventBridge notices."""
