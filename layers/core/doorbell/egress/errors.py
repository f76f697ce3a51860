"""What can stop a request on its way out. `code` is stable, `detail` is for the operator and holds no
secret."""

from __future__ import annotations

from typing import Final

from doorbell.domain.errors import DoorbellError

LOOKUPS_BUSY: Final = "lookups_busy"
"""Others' names hang in all the look-ups there may be. It says nothing of whoever asks: they come again."""


class EgressError(DoorbellError):
    """`status` is set when the head of an answer had come before the exchange broke."""

    def __init__(self, code: str, detail: str, *, status: int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status


class GuardError(EgressError):
    """The URL, or an address its name stands for, may not be talked to. Nothing was sent.

    Codes: `url_refused`, `scheme_refused`, `port_refused`, `host_refused`, `address_refused`, `dns_failed`,
    `lookups_busy`, `timeout`.
    """


class RequestRefused(EgressError):
    """The request itself cannot be sent as given. Nothing was sent.

    Codes: `header_refused`, `method_refused`, `tls_config_invalid`.
    """


class ExchangeError(EgressError):
    """The exchange began and broke. The peer may have seen the request.

    Codes: `timeout`, `connect_failed`, `tls_failed`, `connection_lost`, `protocol_error`,
    `headers_too_large`.
    """


class FetchError(EgressError):
    """A download or a token request had no usable result.

    Codes: those of `ExchangeError`, and `fetch_status`, `fetch_too_large`, `fetch_encoded`, `oauth_failed`.
    """
