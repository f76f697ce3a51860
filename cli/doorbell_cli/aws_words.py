"""What AWS and its library say no with, in words of people."""

from botocore.exceptions import BotoCoreError, NoCredentialsError, NoRegionError

_CODES = {
    "AccessDenied": "these credentials may not do it; docs/operate.md has the policies",
    "ExpiredToken": "the credentials have expired; log in again",
    "UnrecognizedClient|InvalidClientToken": "AWS does not know these credentials in this region",
    "ResourceNotFound|NonExistentQueue|NoSuchBucket": "it is not there; is the stack whole, and new enough?",
    "Throttling|ThroughputExceeded|LimitExceeded": "too many calls at once; try again in a minute",
}
"""What a service's code means, by parts of it."""
_MISSING = {
    NoRegionError: "no region is set. Set AWS_REGION, or use a profile that has one.",
    NoCredentialsError: "no credentials were found. Log in (`aws sso login`), or set AWS_PROFILE.",
}


def meaning(code: str) -> str:
    """A service's code, and what it means."""
    meant = (text for names, text in _CODES.items() if any(name in code for name in names.split("|")))
    return ": ".join([code, *meant][:2])


def in_words(error: BotoCoreError) -> str:
    return f"AWS: {_MISSING.get(type(error), error)}"
