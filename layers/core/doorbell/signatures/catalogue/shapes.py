"""Short ways to write the entries' most common parts."""

from doorbell.signatures.catalogue.entry import AckRule
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt


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


def timed(
    signature: str,
    time: str,
    *,
    message: tuple[str, ...] = ("timestamp", "text:.", "body"),
    prefix: str = "",
    encoding: str = "hex",
    unit: str = "s",
    tolerance: int = 300,
    key: str = "text",
) -> Scheme:
    """An HMAC-SHA256 of time and body, both with a header of their own."""
    return Scheme(
        SignatureAt(headers=(signature,), prefix=prefix, encoding=encoding),
        message,
        key=key,
        timestamp=TimestampAt(headers=(time,), unit=unit, tolerance=tolerance),
    )


def versioned(header: str, version: str = "v1") -> Scheme:
    """An HMAC-SHA256 of the body, among `version=signature` items: others are of other versions, and several
    of one are of several keys."""
    return Scheme(SignatureAt(headers=(header,), packing="pairs", key=version))


def ok(limit: float | None = None, body: str = "", content_type: str = "text/plain") -> AckRule:
    """Exactly 200, and by default not a word."""
    return AckRule(200, body, content_type, limit)


CREEM_LEGACY = Scheme(
    SignatureAt(
        headers=("creem-signature", "x-creem-signature"), prefix="sha256=", bare=True, encoding="hex-any"
    )
)
"""Of an entry of its own, and of what `creem` takes where the newer form is not there."""
