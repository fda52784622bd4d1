"""Recording by forms: events, articles with several of them, and what is said of an event later."""

from service.web.recording import article, correct, lifecycle, pickers, record

__all__ = ["article", "correct", "lifecycle", "pickers", "record"]
