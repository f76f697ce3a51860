"""TLS for a stub: its certificate, and a CA bundle as long as any, that has its issuer in it."""

from dataclasses import dataclass
from pathlib import Path

import botocore

from tests.integration.egress.certificates import Authority


@dataclass(frozen=True, slots=True)
class Trust:
    """`served`: for the stub's environment; `asked`: for that of who asks it."""

    served: dict[str, str]
    asked: dict[str, str]


def trusted_by(folder: Path) -> Trust:
    authority = Authority()
    certificate, bundle = folder / "stub.pem", folder / "bundle.pem"
    certificate.write_text(authority.issue("localhost"))
    public = Path(botocore.__file__).with_name("cacert.pem")
    bundle.write_text(public.read_text() + authority.pem)
    return Trust({"STUB_CERTIFICATE": str(certificate)}, {"AWS_CA_BUNDLE": str(bundle)})
