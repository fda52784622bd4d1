"""Keys in the log, on both engines: made once, revoked at once and everywhere, and never readable."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from events.errors import AnnalsError, Conflict, NotFound
from service.annals import Annals
from service.ledger.keys import PREFIX, Keyring, create, digest_of, new_secret, revoke
from tests.service.conftest import Clock, opened


def test_a_secret_is_random_and_tells_what_it_is() -> None:
    """256 random bits cannot be guessed, and a scanner that finds one in a repository can say whose it is."""
    found = {new_secret() for _ in range(100)}

    assert len(found) == 100
    assert all(secret.startswith(PREFIX) and len(secret) == len(PREFIX) + 43 for secret in found)


def test_only_a_digest_reaches_the_log(annals: Annals) -> None:
    """Whoever steals a backup must not be able to write with what is in it."""
    secret = new_secret()
    annals.write(lambda unit: create(unit, "desk", "write", secret))

    stored = [found.state for found in annals.ledger.notifications(0, 10)]

    assert len(stored) == 1 and digest_of(secret).encode() in stored[0]
    assert secret.encode() not in stored[0] and secret.removeprefix(PREFIX).encode() not in stored[0]


def test_a_key_is_known_by_its_secret_until_it_is_revoked(annals: Annals, database_url: str, tmp_path: Path, clock: Clock) -> None:
    """A key that leaked is revoked in one place, and from then on good in no process."""
    secret, other = new_secret(), new_secret()
    with opened(database_url, tmp_path, clock) as beside:
        assert not beside.keyring.keys()
        annals.write(lambda unit: create(unit, "desk", "write", secret), actor="boss")
        key = beside.keyring.holding(secret)
        assert key is not None and (key.name, key.scope, key.created_by) == ("desk", "write", "boss")
        assert beside.keyring.holding(other) is None and beside.keyring.scope_of("nobody") is None

        assert beside.keyring.scope_of("desk") == "write"
        annals.write(lambda unit: revoke(unit, "desk"))
        assert beside.keyring.holding(secret) is None and beside.keyring.scope_of("desk") is None
        assert beside.keyring.keys()["desk"].revoked_at == clock.now


def test_a_name_is_given_once(annals: Annals) -> None:
    """Entries name who wrote them, so a name that came to mean somebody else would change the past."""
    annals.write(lambda unit: create(unit, "desk", "write", new_secret()))
    first = annals.ledger.last_position()
    annals.write(lambda unit: revoke(unit, "desk"))
    annals.write(lambda unit: revoke(unit, "desk"))  # is revoked already

    with pytest.raises(Conflict, match="is or was that of a key"):
        annals.write(lambda unit: create(unit, "desk", "read", new_secret()))
    with pytest.raises(NotFound, match="no key is called 'Desk'"):
        annals.write(lambda unit: revoke(unit, "Desk"))
    assert len(annals.ledger.notifications(first, 10)) == 1


def test_of_two_who_make_a_name_at_once_one_does(annals: Annals) -> None:
    """Both would otherwise go off with a secret, and the name would stand for two."""
    secrets = [new_secret() for _ in range(4)]
    made: list[str] = []
    refused: list[AnnalsError] = []

    def make(secret: str) -> None:
        try:
            annals.write(lambda unit: create(unit, "desk", "write", secret))
            made.append(secret)
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=make, args=(secret,)) for secret in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(made), len(refused)) == (1, 3)
    assert [secret for secret in secrets if Keyring(annals.ledger).holding(secret)] == made
