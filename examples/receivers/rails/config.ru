# Doorbell's deliveries, received with Rails: an application in one file.
require "rails"
require "action_controller/railtie"
require "sqlite3"
require "openssl"

class Receiver < Rails::Application
  config.root = __dir__
  config.eager_load = false
  config.secret_key_base = ENV.fetch("SECRET_KEY_BASE", "only sessions and cookies need a real one")
  config.logger = Logger.new($stdout, level: Logger::WARN)
  config.hosts << "127.0.0.1" # in development an unknown host is answered 403
end

# The traps: in an ApplicationController protect_from_forgery answers 422, so it is ActionController::API, or
# skip_forgery_protection. `params.to_json` is not what was signed, nor is `request.parameters`: raw_post is. Rails
# reads parameters for its log before the action runs: a body that is not the JSON its type says is 400. Headers are
# bytes for Rack, and SQLite would keep them as BLOBs, which no text equals.
class HooksController < ActionController::API
  SECRETS = ENV.fetch("WEBHOOK_SECRETS").split # two of them, between blanks, while one is rotated
  DB = SQLite3::Database.new(ENV.fetch("DATABASE", "inbox.db"))
  DB.busy_timeout = 5000
  DB.execute("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, type TEXT, body BLOB)")
  LOCK = Mutex.new

  def create
    body = request.raw_post.b
    return head(:unauthorized) unless SECRETS.any? { |secret| verified?(secret, body) }

    # Taken once, whatever comes twice. Somebody else works on what is in the inbox: the answer does not wait.
    id, type = %w[webhook-id doorbell-event-type].map { |name| request.headers[name].encode("UTF-8", "UTF-8") }
    row = [id, type, SQLite3::Blob.new(body)]
    LOCK.synchronize { DB.execute("INSERT INTO inbox VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row) }
    return render(json: { verified: id }) if type == "doorbell.test" # who set it up sees it

    head :no_content
  end

  # 410 ends it: Doorbell disables the subscription and says so.
  def retired = head(:gone)

  private

  # Standard Webhooks, v1, as the specification has it.
  def verified?(secret, body)
    id, sent, given = %w[id timestamp signature].map { |name| request.headers["webhook-#{name}"].to_s }
    return false unless sent.match?(/\A\d+\z/) && (Time.now.to_i - sent.to_i).abs <= 300

    key = secret.delete_prefix("whsec_").unpack1("m0")
    right = "v1," + [OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{sent}.".b + body)].pack("m0")
    given.split.any? { |one| ActiveSupport::SecurityUtils.secure_compare(right, one) }
  end
end

Receiver.initialize!
Receiver.routes.draw do
  post "/hooks", to: "hooks#create"
  post "/hooks/v1", to: "hooks#retired"
end
run Receiver
