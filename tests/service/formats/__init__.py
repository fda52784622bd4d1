"""Tests of what goes in and comes out as files."""
