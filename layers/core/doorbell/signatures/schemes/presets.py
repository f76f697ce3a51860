"""Address ranges that providers publish, as of a day. They change: a preset is a help, not a proof."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    cidrs: tuple[str, ...]
    as_of: str
    origin: str
    confirmed: bool


PRESETS: dict[str, Preset] = {
    "github": Preset(
        (
            "192.30.252.0/22",
            "185.199.108.0/22",
            "140.82.112.0/20",
            "143.55.64.0/20",
            "9.234.98.160/28",
            "9.234.98.176/28",
            "9.234.106.48/28",
            "2a0a:a440::/29",
            "2606:50c0::/32",
        ),
        "2026-10-29",
        "https://api.github.com/meta (`hooks`): 9.234 by the changelog of that day, the rest from memory",
        confirmed=False,
    ),
    "stripe": Preset(
        (
            "3.18.12.63/32",
            "3.69.109.8/32",
            "3.120.168.93/32",
            "3.130.192.231/32",
            "13.235.14.237/32",
            "13.235.122.149/32",
            "18.211.135.69/32",
            "35.154.171.200/32",
            "35.157.207.129/32",
            "52.15.183.38/32",
            "54.88.130.119/32",
            "54.88.130.237/32",
            "54.187.174.169/32",
            "54.187.205.235/32",
            "54.187.216.72/32",
        ),
        "2026-05-15",
        "https://stripe.com/files/ips/ips_webhooks.txt, as two public mirrors of it have it",
        confirmed=True,
    ),
    "telegram": Preset(
        ("149.154.160.0/20", "91.108.4.0/22"),
        "2026-11-23",
        "https://core.telegram.org/bots/webhooks (from memory)",
        confirmed=False,
    ),
    "paddle": Preset(
        (
            "34.232.58.13/32",
            "34.195.105.136/32",
            "34.237.3.244/32",
            "35.155.119.135/32",
            "52.11.166.252/32",
            "34.212.5.7/32",
        ),
        "2026-11-23",
        "https://developer.paddle.com/webhooks/about/respond-to-webhooks, live accounts",
        confirmed=True,
    ),
    "postmark": Preset(
        ("3.134.147.250/32", "18.217.206.57/32", "50.31.156.6/32", "50.31.156.77/32"),
        "2026-11-30",
        "https://postmarkapp.com/support/article/800-ips-for-firewalls, as Symfony and others have it",
        confirmed=True,
    ),
    "plaid": Preset(
        ("52.21.26.131/32", "52.21.47.157/32", "52.41.247.19/32", "52.88.82.239/32"),
        "2026-11-30",
        "https://plaid.com/docs/api/webhooks/#configuring-webhooks, as public copies of it have it",
        confirmed=True,
    ),
}
