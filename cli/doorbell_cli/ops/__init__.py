"""What the commands of operation are made of: `doorbell audit`, `events`, `deliveries`, `replay`, `dlq`, …"""
