"""Vendored files: what they are, and that they are what they say."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files


def test_vendored_files_are_what_their_list_says() -> None:
    """A file from elsewhere that somebody changed would run in every reader's browser."""
    folder = files("service.web").joinpath("static", "vendor")
    listed = dict(re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", folder.joinpath("README.md").read_text(), re.MULTILINE))
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.name.endswith((".js", ".css"))}
    assert found
    assert listed == found
