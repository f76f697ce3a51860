"""What two other gateways say that they verify, and which entry of ours is the same: in docs/providers.md.

Their names are as their own API descriptions write them. `NO_RULE`: nothing that was found and could be run
says how the provider signs.
"""

from collections.abc import Callable, Iterator, Mapping
from textwrap import wrap

NO_RULE = "no rule established: nothing found that could be run or recomputed"
ANY = "`hmac`, `token`, `basic`, `url-secret`, `jwt`"

HOOKDECK_ORIGIN = (
    "the source types of Hookdeck's API description 2025-07-01, as api-evangelist/hookdeck@9445066 has it,"
    " read 2026-11-29"
)
HOOKDECK_OURS = """
ADYEN adyen|AIRTABLE airtable|AIRWALLEX airwallex|AKENEO akeneo|ALCHEMY alchemy|ASANA asana|ASHBY ashby
AWS_SNS sns|BIGCOMMERCE bigcommerce|BRIDGE_API bridge-api
CHARGEBEE_BILLING chargebee|CIRCLE circle|CLAUDE claude
COINBASE coinbase-commerce|COMMERCELAYER commercelayer|COURIER courier|CURSOR cursor|CUSTOMERIO customerio
DISCORD discord|DOCUSIGN docusign|EBAY ebay|ENODE enode|FACEBOOK meta|FASTSPRING fastspring
FIREBLOCKS fireblocks|FIREFLIES fireflies|FLEXPORT flexport|FRONTAPP front|FUSIONAUTH fusionauth
GEMINI gemini|GITHUB github|GITLAB gitlab|GOCARDLESS gocardless|HUBSPOT hubspot|INTERCOM intercom
LINEAR linear|LITHIC lithic|MAILCHIMP mailchimp|MAILGUN mailgun|MERAKI meraki
MICROSOFT_GRAPH microsoft-graph|MICROSOFT_SHAREPOINT sharepoint|NMI nmi|NUVEMSHOP nuvemshop|NYLAS nylas
OKTA okta|OPENAI openai|ORB orb|OURA oura|PADDLE paddle|PAYPAL paypal|PAYSTACK paystack|PERSONA persona
PICQER picqer|PIPEDRIVE pipedrive|POLAR polar|POSTMARK postmark|PYLON pylon|RAZORPAY razorpay
RECHARGE recharge|RECURLY recurly|REPLICATE replicate|RESEND resend|REVOLUT revolut
RING_CENTRAL ringcentral|SANITY sanity|SCRAPFLY scrapfly|SENDGRID sendgrid|SHIPHERO shiphero
SHOPIFY shopify|SLACK slack|SMARTCAR smartcar|SOLIDGATE solidgate|SQUARE square|STRAVA strava
STRIPE stripe|SVIX svix|TALLY tally|TEBEX tebex|TELNYX telnyx|TIKTOK tiktok|TRELLO trello|TWILIO twilio
TWITCH twitch|TWITTER x|TYPEFORM typeform|UBER uber|VERCEL vercel|VERCEL_LOG_DRAINS vercel|WECHAT wecom
WHATSAPP meta|WIX wix|WOOCOMMERCE woocommerce|WORKOS workos|XERO xero|ZENDESK zendesk|ZEROHASH zerohash
ZOOM zoom|FAVRO favro|AIPRISE aiprise|SYNCTERA synctera|SHIPBOB shipbob|TIKTOK_SHOP tiktok-shop
LINKEDIN linkedin|CLIO clio|MONDAY monday|NEON neon|PAYMOB paymob|PAYPRO_GLOBAL paypro-global|TOKENIO tokenio
SMILE smile|UTILA utila
"""
HOOKDECK_OTHERS = {
    "HTTP": f"any sender: {ANY}",
    "WEBHOOK": f"any sender: {ANY}",
    "PUBLISH_API": "`POST /events`, with IAM",
    "MANAGED": f"any sender: {ANY}",
    "SHOPLINE": "its pages show hex and base64: `hmac` with the one that a request of yours has",
    "BRIDGE_XYZ": "RSA over a digest; no request with a known answer found",
    "ALIPAY": "RSA over sorted form fields; no request with a known answer found",
    "PRAXIS": "a hash over other fields for each kind of notice; its answers must be signed: no form yet",
    "TREEZOR": "signs a part of the body, written anew as PHP writes JSON",
    "EXACT_ONLINE": "a hash inside the body, over part of its text",
    "HOOKDECK_OUTPOST": "its operators choose header and form: `hmac`, or `standard-webhooks` in that mode",
}
HOOKDECK_NONE = """
ASCEND BONDSMITH CHAINDOTS CLOUDSIGNAL ETHOCA FAUNDIT FISERV GREENDOT PORTAL
PROPERTY-FINDER QUOTER REPAY THREE_D_EYE UPOLLO USPS
WALMART ZIFT
"""
SVIX_ORIGIN = (
    "the ingest sources of Svix's own client (svix/svix-webhooks, rust/src/models/ingest_source_out.rs, and"
    " those that its release 2.0.0 adds), read 2026-11-29"
)
SVIX_OURS = """
adobe-sign adobe-sign|airwallex airwallex|beehiiv beehiiv|brex brex|clerk clerk|docusign docusign
easypost easypost|github github|guesty guesty|hubspot hubspot|incident-io incident|lithic lithic|meta meta
nango nango|nash nash|open-ai openai|panda-doc pandadoc|pleo pleo|port-io port|render render
replicate replicate|resend resend|rutter rutter|safebase safebase|sardine sardine|segment segment
shopify shopify|slack slack|stripe stripe|stych stytch|svix svix|tailscale tailscale|telnyx telnyx|vapi vapi
veriff veriff|zoom zoom
"""
SVIX_OTHERS = {
    "generic-webhook": f"any sender: {ANY}; one that proves nothing is refused",
    "cron": "no provider: EventBridge Scheduler can call `POST /events`",
    "checkbook": NO_RULE,
    "open-claw": NO_RULE,
    "orum-io": NO_RULE,
    "vgs": NO_RULE,
}


def ours(listed: str) -> dict[str, str]:
    """Their name → the name of our entry."""
    pairs = (pair.split() for line in listed.split("\n") for pair in line.split("|") if pair.strip())
    return {pair[0]: pair[1] for pair in pairs}


def compared(title: Callable[[str], str]) -> Iterator[str]:
    """Lines of Markdown. `title`: of an entry, by its name."""
    yield from _one("Hookdeck", HOOKDECK_ORIGIN, ours(HOOKDECK_OURS), hookdecks_others(), title)
    yield from _one("Svix Ingest", SVIX_ORIGIN, ours(SVIX_OURS), SVIX_OTHERS, title)


def hookdecks_others() -> dict[str, str]:
    return {**HOOKDECK_OTHERS, **dict.fromkeys(HOOKDECK_NONE.split(), NO_RULE)}


def _one(
    name: str, origin: str, same: Mapping[str, str], others: Mapping[str, str], title: Callable[[str], str]
) -> Iterator[str]:
    served = sum("`" in text for text in others.values())
    yield f"\n### {name}\n"
    yield from wrap(f"Names: {origin}.", 110)
    count = len(same) + len(others)
    yield f"Of {count}, {len(same)} have an entry of their own here, {served} are served by others.\n"
    yield "| theirs | ours | |"
    yield "|---|---|---|"
    for theirs in sorted({**same, **others}, key=str.casefold):
        if theirs in same:
            yield f"| {theirs} | `{same[theirs]}` | {title(same[theirs])} |"
        else:
            yield f"| {theirs} | | {others[theirs]} |"
