"""What follows from the log: read models that can be thrown away and built again."""
