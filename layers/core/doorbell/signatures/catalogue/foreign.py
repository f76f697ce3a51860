"""Secrets that plainly are something else: an API key where a signing secret belongs, a URL, a private key.

Loaded when a secret is stored, never by a request. The prefixes are those that the issuers document or that
public scanners of leaked keys look for; what is not listed is not judged.
"""

import re

from doorbell.signatures.catalogue.entry import Entry

API_KEYS = {
    "sk_live_": "an API key", "sk_test_": "an API key", "rk_live_": "an API key", "rk_test_": "an API key",
    "pk_live_": "a public API key", "pk_test_": "a public API key", "sk-": "an API key",
    "ghp_": "a GitHub token", "gho_": "a GitHub token", "ghs_": "a GitHub token",
    "github_pat_": "a GitHub token",
    "glpat-": "a GitLab token", "xoxb-": "a Slack token", "xoxp-": "a Slack token", "xapp-": "a Slack token",
    "shpat_": "a Shopify access token", "SG.": "a SendGrid API key", "npm_": "an npm token",
    "lin_api_": "a Linear API key", "AKIA": "an AWS access key id", "ASIA": "an AWS access key id",
    "Bearer ": "a header's value",
}  # fmt: skip
EVER = {
    "https://": "a URL", "http://": "a URL", "ssm:/": "a reference to a secret, not the secret",
    "secretsmanager:": "a reference to a secret, not the secret",
}  # fmt: skip
_JWT = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
PROOFS_OF_ANY_FORM = ("token", "bearer", "graph", "jwt_request", "declared")
"""Special rules whose secret is whatever its owner chose, or a key in one of many forms."""


def what_else(entry: Entry, secret: str) -> str:
    """What `secret` is instead of the entry's; "" where it may be one."""
    text = secret.strip()
    if _PRIVATE_KEY.match(text):
        return "a private key: it belongs to the sender alone"
    if entry.special in PROOFS_OF_ANY_FORM:
        return ""
    known = {**entry.foreign, **EVER, **({} if entry.takes_api_keys else API_KEYS)}
    for prefix, what in known.items():
        if text.startswith(prefix):
            return what
    return "a token (JWT)" if _JWT.fullmatch(text) else ""
