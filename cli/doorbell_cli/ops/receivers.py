"""What a subscriber's libraries can do nothing with: told when it is written, and by `doorbell check`.

How each library behaves is measured by `python -m tests.receivers.libraries`: docs/receivers.md.
"""

from collections.abc import Iterator

from doorbell.signatures.schemes.keys import undressed

NO_LIBRARY = (
    "no stock library of Standard Webhooks or Svix verifies v1a. docs/receivers.md has ten lines that do; "
    "`doorbell listen` does with the public key."
)


def signing_warning(signing: str) -> str:
    """What to know of a form of signing that is chosen; "" where there is nothing."""
    return NO_LIBRARY if signing == "standard-ed25519" else ""


def unreadable(signing: str, secret: str) -> Iterator[str]:
    """What libraries make of a secret that can sign in this form. The text holds nothing of it."""
    if signing not in ("standard", "github"):
        return
    if secret != secret.strip():
        yield (
            "it has blanks or a line end around it: a receiver that takes them for a part of it "
            "refuses every delivery."
        )
    if signing == "github":
        return
    bare = undressed(secret)
    if not bare.startswith("whsec_"):
        yield (
            "it does not begin with whsec_: Doorbell takes it as text, "
            "and Standard Webhooks libraries as base64. They refuse every delivery."
        )
        return
    if bare != secret.strip():
        yield "it has a version before whsec_: give the receiver what follows the comma."
    if len(bare.removeprefix("whsec_")) % 4:
        yield "its base64 has no padding (=), and several libraries refuse it: OpenAI's and Resend's of PyPI."
