"""Commands that write what people configure: sources, subscriptions, files of both."""
