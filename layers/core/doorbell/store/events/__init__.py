"""Events as the Events table keeps them, with their log, stories and replays."""
