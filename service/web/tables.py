"""A page's tables as CSV (RFC 4180) that spreadsheets open as it is."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

MARK = "\ufeff"
"""The byte order mark, without which Excel takes UTF-8 for something else."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; a cell that is None is empty."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]


def as_csv(table: Table) -> str:
    """The table as CSV, with the names of the columns first; no cell is taken for a formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([_cell(row.get(column)) for column in table.columns] for row in table.rows)
    return MARK + text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
