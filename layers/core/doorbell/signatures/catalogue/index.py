"""Which module has which entry, so that a source loads its own group and no other."""

GROUPS = {
    "generic": "hmac standard-webhooks standard-webhooks.ed25519 svix",
    "generic_tokens": "token basic url-secret jwt cloudevents zapier wordpress particle",
    "generic_signed": "http-signature jws jwt.body",
    "code_hosts": "github github.sha1 gitlab gitlab.signed bitbucket",
    "work": "slack zoom trello jira linear asana",
    "forms": "typeform calendly docusign",
    "customers": "hubspot hubspot.v2 hubspot.v1 zoho.crm zoho.payments customerio",
    "support": "intercom zendesk",
    "commerce": "shopify woocommerce bigcommerce square zapier.signed",
    "payments": "stripe paypal adyen paddle braintree razorpay gocardless coinbase-commerce",
    "finance": "onfido xero plaid",
    "social": "meta x twitch discord telegram line",
    "telephony": "twilio vonage messagebird bird.subscriptions plivo.v2 plivo",
    "mail": "sendgrid mailgun mailchimp mandrill postmark",
    "content": "dropbox box contentful contentstack sanity ghost ghost.legacy",
    "cloud": "okta auth0 workos sns microsoft-graph",
    "standard_users": "portone lithic dodopayments increase creem replicate render liveblocks surge"
    " formbricks imagekit supabase",
    "svix_users": "clerk resend seam stytch propelauth recall incident brex beehiiv guesty nash pleo"
    " safebase sardine",
    "acquirers": "mollie sumup cashfree airwallex paystack payu.sha256 checkout flutterwave flutterwave.v3"
    " komoju",
    "banking": "modern-treasury dwolla circle btcpay alchemy quicknode quicknode.gzip",
    "billing": "chargebee lemonsqueezy creem.legacy gumroad fastspring",
    "forges": "gitea forgejo gogs sentry snyk npm-hooks sonarqube pagerduty rootly launchdarkly",
    "pipelines": "circleci buildkite buildkite.token expo pulumi heroku netlify vercel terraform",
    "media": "elevenlabs retell mux cloudinary.sha256 imagekit.legacy cloudflare-stream uploadcare"
    " bunny-stream deepgram",
    "screening": "checkr fingerprint greenhouse terra smartcar neon",
    "messaging": "telnyx sinch.callback sinch.numbers discord.interactions getstream ably viber webex"
    " msteams-outgoing feishu",
    "productivity": "notion clickup airtable todoist surveymonkey acuity calcom",
    "inboxes": "front front.rules helpscout crisp",
    "publishing": "webflow kontent squarespace shopware aftership fourthwall mailersend knock"
    " surge.documented lovable",
    "self_hosted": "discourse outline appwrite plane taiga mautic saleor lago datasaur documenso strapi"
    " the-things-stack",
    "communities": "figma attio chatwoot oura tiktok ashby mailerlite formstack jobber onfleet",
    "merchant_fields": "mercadopago phonepe iyzico iyzico.form opennode nuvei nuvei.md5",
    "merchant_rules": "paytm przelewy24 paddle.classic",
    "merchant_signatures": "unit coinbase-cdp hook0 moralis midtrans.snap-bi rapyd nowpayments",
    "merchant_keys": "recurly omise wise fireblocks utila polar payu",
    "signed_documents": "dropbox-sign signwell docuseal boldsign ecwid easypost shopware.get sellsy"
    " connectwise",
    "signed_chats": "sinch.application pusher wecom dingtalk.events feishu.cards klaviyo mailchannels alexa",
    "signed_media": "openai fal livekit cloudinary patreon hygraph kick",
    "signed_tokens": "kinde wix fusionauth qstash saleor.jws lago.jwt google-oidc",
    "signed_systems": "travis adobe-commerce adobe-events ebay schlage wechatpay veriff sumsub",
    "merchants": "revolut recharge commercelayer nuvemshop picqer shiphero akeneo orb enode uber bridge-api",
    "notices": "nylas courier tally persona pylon tailscale nango port",
    "agreements": "rutter segment pandadoc adobe-sign vapi",
    "assistants": "claude gemini cursor fireflies scrapfly pipedrive strava ringcentral meraki sharepoint",
    "processors": "tebex solidgate nmi zerohash flexport",
    "earnings": "paymob paypro-global tokenio smile",
    "platforms": "favro aiprise synctera shipbob tiktok-shop linkedin clio monday",
}
