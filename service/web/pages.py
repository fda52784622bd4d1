"""How a page is declared: its address, what it shows, and the same as JSON and CSV at the same address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from events.dates import quote
from events.errors import AnnalsError, NotFound
from service.api.answers import Json, Look, answer, look, positioned
from service.errors import kind_of
from service.web.addresses import read_query, tidied, untidy
from service.web.language import chosen
from service.web.marks import Marks
from service.web.tables import Table, as_csv
from service.web.timebar import time_bar

blueprint = Blueprint("web", __name__, template_folder="templates")
POLICY = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self'; script-src 'self'; style-src 'self'"
)
"""The content security policy of pages: nothing from elsewhere, and no script or style in the page itself."""
PAGE_HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin", "Cache-Control": "no-cache"}
"""A form that is sent from a page without a referrer has no origin either, and would be refused."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows.

    `data` is the page's data as its JSON has it; templates read it too. `marks` are the days on which something changed, for the
    time bar; None leaves the bar away. `extra` is what only the template needs, such as the geometry of a chart. `tables` are what
    can be had as CSV, the first one where the address names none with `table`. `compares` says that the page has a day to compare with.
    `refused` is an error that the page itself tells, such as beside a field of its form: the page has its status, and its data are
    refused with it.
    """

    title: str
    data: Json
    marks: Marks | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    compares: bool = False
    refused: AnnalsError | None = None


View = Callable[..., Shown]


def page(rule: str, template: str, *, csv: bool = False) -> Callable[[View], View]:
    """Declare a page: the view gets a `Look` at the reader's time, and the parts of the path by name.

    The same address with `.json` behind it answers the page's data, with `.csv` one of its tables if it has any. The
    page's own address is its function's name in the blueprint (`web.person`), without an underscore behind it.
    """

    def declare(view: View) -> View:
        name, base = view.__name__.rstrip("_"), rule if rule != "/" else "/timeline"
        blueprint.add_url_rule(rule, name, lambda **parts: _html(view, template, parts, csv))
        blueprint.add_url_rule(f"{base}.json", f"{name}_json", lambda **parts: _json(view, parts))
        if csv:
            blueprint.add_url_rule(f"{base}.csv", f"{name}_csv", lambda **parts: _csv(view, parts))
        return view

    return declare


def _html(view: View, template: str, parts: Mapping[str, Any], csv: bool) -> BaseResponse:
    if untidy():
        return redirect(tidied())
    with look(read_query(request.args, chosen())) as seen:
        shown = view(seen, **parts)
        bar = time_bar(seen, shown.marks, shown.compares) if shown.marks is not None else None
    twins = _twins(parts, shown if csv else None) if shown.refused is None else {}
    response = html(render_template(template, page=shown, data=shown.data, bar=bar, twins=twins, **shown.extra))
    response.status_code = int(kind_of(shown.refused).status) if shown.refused is not None else response.status_code
    return positioned(response, seen.position)


def _json(view: View, parts: Mapping[str, Any]) -> Response:
    with look(read_query(request.args, chosen())) as seen:
        return answer(_granted(view, seen, parts).data, seen)


def _csv(view: View, parts: Mapping[str, Any]) -> Response:
    with look(read_query(request.args, chosen())) as seen:
        tables = _granted(view, seen, parts).tables
    wanted = request.args.get("table", next(iter(tables), ""))
    if wanted not in tables:
        raise NotFound.of("table", wanted, f"there is no table {quote(wanted)} here", "one of " + ", ".join(tables))
    response = Response(as_csv(tables[wanted]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{wanted}.csv"'
    return positioned(response, seen.position)


def _granted(view: View, seen: Look, parts: Mapping[str, Any]) -> Shown:
    """What the view shows; raises what it refused."""
    shown = view(seen, **parts)
    if shown.refused is not None:
        raise shown.refused
    return shown


def _twins(parts: Mapping[str, Any], tabled: Shown | None) -> Mapping[str, str]:
    """The addresses of the page's data, by what they are called: JSON, and each table as CSV."""
    endpoint, args = request.endpoint or "", {**parts, **request.args}
    found = {"JSON": url_for(f"{endpoint}_json", **args)}
    tables = tabled.tables if tabled else {}
    return {**found, **{f"CSV: {name}": url_for(f"{endpoint}_csv", **{**args, "table": name}) for name in tables}}


def html(text: str) -> Response:
    """A page as the answer."""
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers.update(PAGE_HEADERS)
    response.vary.update(("Accept-Language", "Cookie"))
    return response
