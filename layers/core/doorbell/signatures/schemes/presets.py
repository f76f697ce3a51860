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
            "192.30.252.0/22", "185.199.108.0/22", "140.82.112.0/20", "143.55.64.0/20", "9.234.98.160/28",
            "9.234.98.176/28", "9.234.106.48/28", "2a0a:a440::/29", "2606:50c0::/32",
        ),
        "2026-10-29",
        "https://api.github.com/meta (`hooks`): 9.234 by the changelog of that day, the rest from memory",
        confirmed=False,
    ),
    "stripe": Preset(
        (
            "3.18.12.63/32", "3.69.109.8/32", "3.120.168.93/32", "3.130.192.231/32", "13.235.14.237/32",
            "13.235.122.149/32", "18.211.135.69/32", "35.154.171.200/32", "35.157.207.129/32",
            "52.15.183.38/32", "54.88.130.119/32", "54.88.130.237/32", "54.187.174.169/32",
            "54.187.205.235/32", "54.187.216.72/32",
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
            "34.232.58.13/32", "34.195.105.136/32", "34.237.3.244/32", "35.155.119.135/32",
            "52.11.166.252/32", "34.212.5.7/32",
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
    "gitlab": Preset(
        ("34.74.90.64/28", "34.74.226.0/24"),
        "2026-11-30",
        "https://docs.gitlab.com/user/gitlab_com/#ip-range, gitlab.com alone, as gitlabhq/gitlabhq has it",
        confirmed=True,
    ),
    "square": Preset(
        ("54.245.1.154/32", "34.202.99.168/32"),
        "2026-11-30",
        "https://developer.squareup.com/docs/webhooks/overview, production, as Square's forum and"
        " copies have it",
        confirmed=True,
    ),
    "paystack": Preset(
        ("52.31.139.75/32", "52.49.173.169/32", "52.214.14.220/32"),
        "2026-11-30",
        "https://paystack.com/docs/payments/webhooks/, live and test, as public copies of it have it",
        confirmed=True,
    ),
    "razorpay": Preset(
        (
            "52.66.75.174/32", "52.66.76.63/32", "52.66.151.218/32", "35.154.217.40/32", "35.154.22.73/32",
            "35.154.143.15/32", "13.126.199.247/32", "13.126.238.192/32", "13.232.194.134/32",
            "18.96.225.0/26", "18.99.161.0/26",
        ),
        "2026-11-30",
        "https://razorpay.com/docs/security/whitelists, India alone, as razorpay/markdown-docs and"
        " others have it",
        confirmed=True,
    ),
    "gocardless": Preset(
        ("35.204.73.47/32", "35.204.191.250/32", "35.204.214.181/32"),
        "2026-11-30",
        "https://developer.gocardless.com/api-reference/, as its WooCommerce plugin (2024-08) and"
        " others have it",
        confirmed=True,
    ),
    "omise": Preset(
        ("54.169.118.227/32", "52.74.199.175/32", "18.139.13.19/32"),
        "2026-11-30",
        "https://docs.omise.co/api-ips",
        confirmed=True,
    ),
    "revolut": Preset(
        ("35.246.21.235/32", "34.89.70.170/32"),
        "2026-11-30",
        "https://developer.revolut.com/docs/api/merchant, production; none found of the Business API",
        confirmed=True,
    ),
    "circle": Preset(
        (
            "54.243.112.156/32", "100.24.191.35/32", "54.165.52.248/32", "54.87.106.46/32",
            "35.169.154.32/32", "3.90.127.28/32", "3.230.111.7/32", "54.88.227.75/32",
        ),
        "2026-11-30",
        "https://developers.circle.com/api-reference/webhook-endpoints: Wallets, Contracts,"
        " Gateway; CPN, StableFX",
        confirmed=True,
    ),
    "tebex": Preset(
        ("18.209.80.3/32", "54.87.231.232/32"),
        "2026-11-30",
        "https://docs.tebex.io/developers/webhooks/overview, as its PHP package and public receivers have it",
        confirmed=True,
    ),
    "sentry": Preset(
        (
            "35.184.238.160/32", "104.155.159.182/32", "104.155.149.19/32", "130.211.230.102/32",
            "34.141.31.19/32", "34.141.4.162/32", "35.234.78.236/32",
        ),
        "2026-11-30",
        "https://docs.sentry.io/security-legal-pii/security/ip-ranges/, outbound, as"
        " getsentry/sentry-docs has it",
        confirmed=True,
    ),
    "svix": Preset(
        (
            "44.228.126.217/32", "50.112.21.217/32", "52.24.126.164/32", "54.148.139.208/32",
            "2600:1f24:64:8000::/56", "52.215.16.239/32", "54.216.8.72/32", "63.33.109.123/32",
            "2a05:d028:17:8000::/56", "13.239.204.236/32", "54.66.246.217/32", "54.252.65.96/32",
            "2406:da2c:13:4000::/56", "52.60.44.49/32", "3.98.68.230/32", "3.96.105.27/32",
            "2600:1f21:1c:4000::/56", "13.126.41.108/32", "15.207.218.84/32", "65.2.133.31/32",
        ),
        "2026-11-30",
        "https://docs.svix.com/receiving/source-ips: not sure for senders on Svix's smaller plans",
        confirmed=True,
    ),
    "telnyx": Preset(
        (
            "192.76.120.128/29", "192.76.120.136/29", "192.76.120.144/29", "185.246.41.0/29",
            "185.246.41.8/29", "185.246.41.16/29", "103.115.244.0/29", "103.115.244.8/29",
        ),
        "2026-11-30",
        "https://developers.telnyx.com/docs/voice/sip-trunking/network-configuration/ip-whitelisting,"
        " not of its AI services",
        confirmed=True,
    ),
    "boldsign": Preset(
        ("35.243.182.124/32", "34.141.138.53/32", "34.130.12.142/32", "34.40.190.114/32"),
        "2026-11-30",
        "https://developers.boldsign.com/webhooks/ip-whitelisting",
        confirmed=True,
    ),
    "vapi": Preset(
        ("167.150.224.0/23",),
        "2026-11-30",
        "https://docs.vapi.ai/security-and-privacy/static-ip-addresses, with staticIpAddressesEnabled alone",
        confirmed=True,
    ),
    "brevo": Preset(
        ("1.179.112.0/20", "172.246.240.0/20"),
        "2026-11-30",
        "https://help.brevo.com/hc/en-us/articles/15127404548498, as Symfony has it, too",
        confirmed=True,
    ),
}  # fmt: skip
