"""What can be said: events, their words and the rules for them; pure, without IO or a clock."""
