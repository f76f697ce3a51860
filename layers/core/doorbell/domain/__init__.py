"""What Doorbell knows: pure, standard library only. Clock, randomness and ids are arguments."""
