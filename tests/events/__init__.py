"""Tests of what can be said."""
