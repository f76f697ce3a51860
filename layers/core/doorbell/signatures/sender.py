"""What a source may demand beside a signature: where a request comes from and what it says it is."""

from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network

from doorbell.domain.errors import ConfigError, Refusal
from doorbell.domain.sources import Source

PRESET = "preset:"


def check_sender(source: Source, source_ip: str) -> None:
    """`Refusal(403, "address_not_allowed")` for an address that is not on the source's list."""
    if not source.allowed_cidrs:
        return
    try:
        address = ip_address(source_ip)
    except ValueError:
        address = None
    if address is None or not any(address in ip_network(cidr) for cidr in ranges(source)):
        raise Refusal(403, "address_not_allowed", "the sender's address is not on the source's list")


def check_content_type(source: Source, content_type: str) -> None:
    """`Refusal(415, "content_type_not_allowed")` for a type that is none of the source's, if it has some.
    In the source's, `*` stands for any characters."""
    if not source.content_types:
        return
    given = content_type.partition(";")[0].strip().lower()
    if not any(fnmatchcase(given, allowed.strip().lower()) for allowed in source.content_types):
        raise Refusal(415, "content_type_not_allowed", f"send {' or '.join(source.content_types)}")


def ranges(source: Source) -> tuple[str, ...]:
    """The source's networks, presets resolved. `ConfigError` for what is neither."""
    found: list[str] = []
    for index, entry in enumerate(source.allowed_cidrs):
        field = f"allowed_cidrs.{index}"
        if not entry.startswith(PRESET):
            found.append(entry)
        else:
            found.extend(_of_preset(entry.removeprefix(PRESET), source.source_id, field))
        try:
            ip_network(found[-1])
        except ValueError as error:
            raise ConfigError(source.source_id, field, "is no network, such as 192.0.2.0/24") from error
    return tuple(found)


def _of_preset(name: str, source_id: str, field: str) -> tuple[str, ...]:
    from doorbell.signatures.schemes.presets import PRESETS  # few name one, and cold starts pay for it

    if name not in PRESETS:
        raise ConfigError(source_id, field, f"no such preset; known are: {', '.join(PRESETS)}")
    return PRESETS[name].cidrs
