"""Roles: who holds one, in any organization, at the end of a day."""

from __future__ import annotations

from typing import Any

from flask import Response

from events.errors import Invalid
from events.roles import Role
from projections.succession import HolderQuery, role_holders
from service.api.answers import look, page
from service.api.calls import Feature, PageQuery

feature = Feature("roles", "Who holds a role, in any organization, at the end of a day.")


@feature.read("/roles/<key>/holders", "RoleHolderPage", PageQuery)
def holders(query: dict[str, Any], key: str) -> Response:
    """List who holds a role, in any organization.

    The role is given by its key, or by any of its titles: `chief-technology-officer`, `CTO`.
    """
    with look(query) as seen:
        wanted = HolderQuery(query["limit"], query.get("cursor"), role_key=_role(key).key)
        return page(role_holders(seen.connection, wanted, seen.reading, seen.ceiling), seen, query)


def _role(key: str) -> Role:
    try:
        return Role.of(key)
    except Invalid as error:
        raise Invalid(tuple(problem.within("key") for problem in error.problems)) from None
