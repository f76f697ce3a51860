"""What a provider's special rule is told of a source."""

from collections.abc import Mapping

from doorbell.domain.sources import Source
from doorbell.signatures.catalogue.entry import Entry


def parameters_of(source: Source, entry: Entry) -> Mapping[str, str]:
    """The catalogue's for the provider, overlaid by the source's options."""
    if not entry.options:
        return entry.parameters
    defaults = {name: option.default for name, option in entry.options.items()}
    return {**defaults, **entry.parameters, **source.options}
