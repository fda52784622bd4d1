"""Recording an article: its own fields once, and several events that it reports, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from events.articles import article_id
from events.errors import AnnalsError, Invalid, Problem
from events.headlines import LANGUAGES
from events.posting import Post, load_post, load_source
from events.sources import SourceSchema
from events.types import EventType, event_type, event_types
from service.api.articles import MOST_EVENTS
from service.errors import Json
from service.ledger.unit import Unit
from service.web.addresses import link
from service.web.filters import lang
from service.web.labels import field_label
from service.web.pages import blueprint
from service.web.recording.controls import YES, Field, Values, defaults, listing, rows, said
from service.web.recording.desk import attempt, is_edit, page_of, refused, typed
from service.web.recording.forms import Form, Laid, Section, controls, laid
from service.web.recording.record import COMMON, DATED, FURTHER, grouped, label_of, tell
from service.web.recording.saving import Question, Told

SOURCE: Mapping[str, Field] = SourceSchema().fields
PASSAGE = {name: SOURCE[name] for name in ("quote", "locator")}
"""Where in the article an event stands, which each event says for itself."""
ARTICLE = {name: field for name, field in SOURCE.items() if name not in PASSAGE}
OWN = {name: COMMON[name] for name in (*DATED, *FURTHER)}
NEW_TYPE = "new_type"


@blueprint.route("/record/article", methods=["GET", "POST"])
def record_article() -> Response:
    """The form of an article with its events; what is sent is saved, all or none."""
    if request.method == "GET":
        texts = {f"article.{name}": text for name, text in request.args.items() if name in ARTICLE}
        return _page(_with_event(Form(texts), request.args.get("type", "")))
    form = typed(_lists)
    if is_edit():
        grown = _with_event(form, form.value(NEW_TYPE) if form.more == "events" else "")
        return _page(grown, fresh=grown is not form)
    try:
        source = _source(form.values)
        posts = _posts(form.values)
    except AnnalsError as error:
        return refused(form, error, _page)
    same = [form.value(f"events.{number}.same") for number in range(len(posts))]
    home = url_for("web.article", article_id=article_id(source))
    data = {"article": source, "events": [_said(form.values, number) for number in range(len(posts))]}

    def command(unit: Unit) -> Sequence[Told]:
        return list(_recorded(unit, posts, same, distinct=form.value("distinct") == YES))

    return attempt(form, data, command, _page, placed=_placed, home=home)


def _with_event(form: Form, name: str) -> Form:
    """The form with one more event of that type at its end."""
    count = len(rows("events", form.values))
    if name not in event_types() or count >= MOST_EVENTS:
        return form
    return replace(form, values={**form.values, **defaults(OWN, f"events.{count}."), f"events.{count}.type": name}, more="")


def _kind(values: Values, number: int) -> EventType:
    return event_type(values[f"events.{number}.type"])


def _lists(values: Values) -> Iterator[str]:
    """The paths of all lists: the events come last, since their numbers are in the paths of the lists in them."""
    for number in rows("events", values):
        name = values.get(f"events.{number}.type", "")
        if name in event_types():
            yield from listing({**event_type(name).fields, **OWN}, f"events.{number}.")
    yield "events"


def _source(values: Values) -> Json:
    try:
        return load_source(said(ARTICLE, values, "article."))
    except Invalid as error:
        raise Invalid(tuple(problem.within("article") for problem in error.problems)) from None


def _said(values: Values, number: int) -> Json:
    """What the form says of one event, with the passage of the article in which it stands."""
    at, kind = f"events.{number}.", _kind(values, number)
    source = {**said(ARTICLE, values, "article."), **said(PASSAGE, values, f"{at}passage.")}
    return {"type": kind.name, **said({**kind.fields, **OWN}, values, at), "sources": [source]}


def _posts(values: Values) -> list[Post]:
    """The events, read; raises `Invalid` with what is wrong with all of them, under the paths of the form."""
    numbers = rows("events", values)
    problems: list[Problem] = []
    posts: list[Post] = []
    for number in numbers:
        try:
            posts.append(load_post(_said(values, number)))
        except AnnalsError as error:
            problems += (replace(problem, field=_placed(f"events.{number}.{problem.field}")) for problem in error.problems)
    if not numbers:
        problems.append(Problem("", None, gettext("The article has no event yet: add at least one."), ""))
    if problems:
        raise Invalid(tuple(problems))
    return posts


def _recorded(unit: Unit, posts: Iterable[Post], same: Sequence[str], *, distinct: bool) -> Iterator[Told]:
    for number, post in enumerate(posts):
        try:
            yield tell(unit, post, same[number], distinct=distinct)
        except AnnalsError as error:
            raise type(error)(tuple(problem.within(f"events.{number}") for problem in error.problems), error.extra) from None


def _placed(path: str) -> str:
    """The form's path of what is wrong with an event: its only source is the article, and the passage in it."""
    event, source, part = path.partition(".sources.0")
    name = part.removeprefix(".")
    return path if not source else f"{event}.passage.{name}" if name in PASSAGE else f"article.{name}".rstrip(".")


def _page(form: Form, *, question: Question | None = None, fresh: bool = False) -> Response:
    """The page; where its last event is `fresh`, that one has the focus."""
    return page_of(
        "article.html", gettext("Record an article"), form, _laid(form), fresh=fresh, action=link("web.record_article"), question=question,
        save=gettext("Record all"), groups=list(grouped()), field_label=_label,
    )  # fmt: skip


def _laid(form: Form) -> Laid:
    article = controls(ARTICLE, form, _label, "article.")
    events = (_event(form, number) for number in rows("events", form.values) if form.value(f"events.{number}.type") in event_types())
    return laid(form, Section(gettext("The article"), article), *events)


def _event(form: Form, number: int) -> Section:
    at, kind = f"events.{number}", _kind(form.values, number)
    label = label_of(kind)
    passage = controls(PASSAGE, form, label, f"{at}.passage.")
    title = f"{number + 1}. {kind.label[LANGUAGES.index(lang())]}"
    return Section(title, (*controls({**kind.fields, **OWN}, form, label, f"{at}."), *passage), at, kind.icon)


def _label(name: str) -> str:
    return field_label(name, lang())
