"""Tests of the API, through a client and on both engines."""
