"""Short ways to write the entries' most common parts."""

from doorbell.signatures.catalogue.entry import AckRule
from doorbell.signatures.scheme import Scheme, SignatureAt, TimestampAt


def body_hmac(
    *headers: str, prefix: str = "", encoding: str = "hex", algorithm: str = "hmac-sha256", key: str = "text"
) -> Scheme:
    """An HMAC of the body alone, in a header of its own."""
    return Scheme(
        SignatureAt(headers=headers, prefix=prefix, encoding=encoding), algorithm=algorithm, key=key
    )


def packed(
    header: str,
    *,
    time: str,
    signature: str,
    between: str = ".",
    separator: str = ",",
    encoding: str = "hex",
    unit: str = "s",
    tolerance: int = 300,
) -> Scheme:
    """An HMAC-SHA256 of time, `between` and body, in one header of `k=v` items."""
    return Scheme(
        SignatureAt(
            headers=(header,), packing="pairs", key=signature, separator=separator, encoding=encoding
        ),
        message=("timestamp", f"text:{between}", "body"),
        timestamp=TimestampAt(pair=time, unit=unit, tolerance=tolerance),
    )


def ok(limit: float | None = None, body: str = "", content_type: str = "text/plain") -> AckRule:
    """Exactly 200, and by default not a word."""
    return AckRule(200, body, content_type, limit)
