"""Tests of how people reach Annals."""
