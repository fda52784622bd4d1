"""Tests of the jobs, of who leads, and of what became of them."""
