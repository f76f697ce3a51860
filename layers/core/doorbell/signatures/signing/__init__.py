"""The other side: requests as providers sign them, and the signatures of what leaves Doorbell."""
