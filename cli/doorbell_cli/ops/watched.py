"""What CloudWatch is told of a load: bytes of logs, and the metrics that report."""

from doorbell_cli.ops.counted import MINUTES, Counted


class Watched(Counted):
    """The bill's part that grows with what is said about events, and not with events alone."""

    def logged_bytes(self) -> float:
        """The API's access log, Lambda's lines of each invocation, ours of each record, and our metrics."""
        load, assumed, said = self.load, self.assumed, self.logged
        batches = {
            "ingest": load.events,
            "fanout": load.events / assumed["batch"],
            "dispatcher": self.messages() / assumed["batch"],
            "sweeper": float(MINUTES),
        }
        records = {"ingest": load.events, "fanout": load.events, "dispatcher": self.attempts}
        lines = {} if load.quiet else {**batches, **records}
        ours = sum(said[name]["logged"] * number for name, number in lines.items())
        metrics = sum(said[name]["measured"] * number for name, number in batches.items())
        return float(
            load.events * assumed["access_log_bytes"]
            + self.invocations() * assumed["platform_log_bytes"] * load.platform_logs
            + ours
            + metrics
        )

    def metrics(self) -> float:
        """Of a healthy month those that were counted, of them `Accepted` for each provider; where deliveries
        fail others report too."""
        more = self.load.providers - 1 if self.load.dashboard else 0
        if not self.load.events:
            return float(len(self.logged["metrics_idle"]))
        if self.retried or self.waited:
            trouble = "metrics_in_trouble_board" if self.load.dashboard else "metrics_in_trouble"
            return float(self.assumed[trouble] + more)
        return float(len({*self.logged["metrics"], *self.logged["metrics_idle"]}) + more)
