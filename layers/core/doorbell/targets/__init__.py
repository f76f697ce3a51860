"""The way to targets: SQS, SNS, EventBridge and Lambda. Imported when the first of them is sent to."""
