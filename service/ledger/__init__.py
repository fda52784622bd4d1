"""The write side: the log, the commands that add to it, and what makes two writers and a retry harmless."""
