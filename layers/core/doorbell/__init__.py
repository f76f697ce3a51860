"""Doorbell: a webhook gateway in one's own AWS account."""

__version__ = "0.1.0"
