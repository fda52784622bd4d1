"""Warnings said seldom: the first at once, its repeats after a while, and others on their own."""

from __future__ import annotations

import logging

import pytest

from service.seldom import Seldom, seldom_logger


def test_a_message_is_said_again_only_after_a_pause() -> None:
    """An outage of a minute must not fill the disk with one sentence."""
    now = 0.0
    seldom = Seldom(5.0, lambda: now)

    def said(message: str) -> bool:
        return seldom.filter(logging.LogRecord("annals", logging.WARNING, "", 0, message, (now,), None))

    assert said("away %s") and not said("away %s") and said("back %s")
    now = 4.9
    assert not said("away %s")
    now = 5.0
    assert said("away %s") and not said("away %s")


def test_a_logger_that_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    """The filter is the logger's own."""
    logger = seldom_logger("service.test_seldom")

    for number in range(3):
        logger.warning("away %d", number)

    assert [record.message for record in caplog.records] == ["away 0"]
