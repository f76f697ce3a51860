# Doorbell's deliveries, received with Sinatra.
require "sinatra/base"
require "sqlite3"
require "openssl"
require "json"

class Receiver < Sinatra::Base
  SECRETS = ENV.fetch("WEBHOOK_SECRETS").split # two of them, between blanks, while one is rotated
  DB = SQLite3::Database.new(ENV.fetch("DATABASE", "inbox.db"))
  DB.busy_timeout = 5000
  DB.execute("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, type TEXT, body BLOB)")
  LOCK = Mutex.new

  # The traps: `params` reads a form's body, so what is signed is read again from its start. It is bytes: joined with
  # UTF-8 text, a name with an umlaut raises Encoding::CompatibilityError, hence `.b`. Headers are bytes for Rack too,
  # and SQLite would keep them as BLOBs, which no text equals.
  post "/hooks" do
    request.body.rewind
    body = request.body.read.b
    halt 401 unless SECRETS.any? { |secret| verified?(secret, body) }
    # Taken once, whatever comes twice. Somebody else works on what is in the inbox: the answer does not wait.
    id, type = %w[WEBHOOK_ID DOORBELL_EVENT_TYPE].map { |name| request.env["HTTP_#{name}"].encode("UTF-8", "UTF-8") }
    row = [id, type, SQLite3::Blob.new(body)]
    LOCK.synchronize { DB.execute("INSERT INTO inbox VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row) }
    # Who set it up sees that it was verified.
    halt 200, { "Content-Type" => "application/json" }, JSON.generate(verified: id) if type == "doorbell.test"
    204
  end

  # 410 ends it: Doorbell disables the subscription and says so.
  post("/hooks/v1") { 410 }

  # Standard Webhooks, v1, as the specification has it.
  def verified?(secret, body)
    id, sent, given = request.env.values_at("HTTP_WEBHOOK_ID", "HTTP_WEBHOOK_TIMESTAMP", "HTTP_WEBHOOK_SIGNATURE")
    return false unless sent&.match?(/\A\d+\z/) && (Time.now.to_i - sent.to_i).abs <= 300

    key = secret.delete_prefix("whsec_").unpack1("m0")
    right = "v1," + [OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{sent}.".b + body)].pack("m0")
    given.to_s.split.any? { |one| Rack::Utils.secure_compare(right, one) }
  end
end
