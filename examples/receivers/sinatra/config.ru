require_relative "app"
run Receiver
