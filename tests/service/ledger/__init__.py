"""Tests of the write side, each on both engines."""
