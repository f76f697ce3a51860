"""`doorbell listen --forward`: a subscriber on this machine that loses nothing while it is away."""
