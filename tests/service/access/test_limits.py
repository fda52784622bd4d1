"""Limits, and who is reached from where: too many requests, too many bad keys, names of hosts, and open addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from events.errors import Invalid
from service.cli.outcomes import WrongUsage
from service.cli.server import check_address
from service.settings import Settings
from tests.service.access.conftest import sign_in, site
from tests.service.api.support import API, refused
from tests.service.cli.support import run


def ask(client: FlaskClient, count: int, **headers: str) -> list[int]:
    """The statuses of so many requests."""
    return [client.get(f"{API}/event-types", headers=headers).status_code for _ in range(count)]


def test_a_caller_that_asks_too_often_has_to_wait(tmp_path: Path) -> None:
    """One program in a loop must not take the server from all others, nor a probe's answer from the operator."""
    with site(tmp_path, rate_limit="3 per hour") as served:
        greedy = served.client("read")
        assert ask(greedy, 4) == [200, 200, 200, 429]
        response = greedy.get(f"{API}/feed")
        refused(response, 429, "3 per 1 hour")
        assert 1 <= int(response.headers["Retry-After"]) <= 3601
        other = greedy.application.test_client()
        assert ask(other, 1, Authorization=f"Bearer {served.secrets['write']}") == [200]
        assert ask(other, 4) == [200, 200, 200, 429]
        assert [greedy.get("/livez").status_code for _ in range(5)] == [200] * 5


def test_addresses_at_which_there_is_nothing_count_too(tmp_path: Path) -> None:
    """A program that goes in circles most likely asks for what is not there."""
    with site(tmp_path, rate_limit="3 per hour") as served:
        lost = served.client("read")
        statuses = [lost.get(path).status_code for path in (f"{API}/nothing", f"{API}/nothing", "/nothing")]
        assert [*statuses, lost.delete("/").status_code] == [404, 404, 404, 429]
        assert ask(lost, 1) == [429]


def test_bad_keys_are_answered_only_so_often(tmp_path: Path) -> None:
    """Whoever sends one in a loop is told to wait, and how long; nor may forms be the way around."""
    with site(tmp_path, tries_limit="2 per hour") as served:
        guesser = served.client()
        assert ask(guesser, 3, Authorization="Bearer annals_x") == [401, 401, 429]
        response = guesser.get(f"{API}/feed", headers={"Authorization": f"Bearer {served.secrets['revoked']}"})
        refused(response, 429, "2 per hour")
        assert 1 <= int(response.headers["Retry-After"]) <= 3601
        assert ask(guesser, 1) == [200]
        assert sign_in(guesser, "annals_x").status_code == 429


def test_bad_keys_keep_no_good_key_out(tmp_path: Path) -> None:
    """An office has one address: a script there with an old key must not lock everybody else out."""
    with site(tmp_path, tries_limit="2 per hour") as served:
        office = served.client()
        assert ask(office, 3, Authorization="Bearer annals_x") == [401, 401, 429]
        assert ask(office, 1, Authorization=f"Bearer {served.secrets['write']}") == [200]
        assert sign_in(office, served.secrets["write"]).status_code == 303


def test_behind_a_proxy_each_caller_is_counted_alone(tmp_path: Path) -> None:
    """Else one guesser keeps everybody out who comes through the same proxy; and who adds an address of its own gains nothing."""
    with site(tmp_path, tries_limit="2 per hour", proxies=1) as served:
        wrong = {"Authorization": "Bearer annals_x"}
        guesses = [{**wrong, "X-Forwarded-For": address} for address in ("192.0.2.1", "9.9.9.9, 192.0.2.1", "8.8.8.8, 192.0.2.1")]
        guesser = served.client()
        assert [status for headers in guesses for status in ask(guesser, 1, **headers)] == [401, 401, 429]
        assert ask(guesser, 1, **wrong, **{"X-Forwarded-For": "192.0.2.2"}) == [401]


def test_without_a_proxy_nobody_is_believed_who_speaks_as_one(tmp_path: Path) -> None:
    """Else whoever guesses keys takes another address for each."""
    with site(tmp_path, tries_limit="2 per hour") as served:
        guesser = served.client()
        tried = [ask(guesser, 1, **{"Authorization": "Bearer annals_x", "X-Forwarded-For": f"192.0.2.{n}"}) for n in range(3)]
    assert tried == [[401], [401], [429]]


@pytest.mark.parametrize(("proxies", "secure"), [(1, True), (0, False)])
def test_a_session_that_came_by_https_goes_by_https_alone(tmp_path: Path, proxies: int, secure: bool) -> None:
    """The proxy ends TLS, so it alone can say how the reader came."""
    with site(tmp_path, proxies=proxies) as served:
        client = served.browser()
        client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
        response = sign_in(client, served.secrets["write"])
    assert ("; Secure" in response.headers["Set-Cookie"]) is secure


def test_names_of_hosts_are_a_setting(tmp_path: Path) -> None:
    """Behind a proxy or in a network a server has names of its own; all others are still refused."""
    with site(tmp_path, host="0.0.0.0", hosts="annals.example.com, [2001:db8::1]") as served:
        client = served.client()
        statuses = [
            client.get("/livez", headers={"Host": host}).status_code
            for host in ("annals.example.com", "Annals.Example.com:8000", "[2001:db8::1]:80", "localhost", "example.com")
        ]
        assert statuses == [200, 200, 200, 200, 421]


@pytest.mark.parametrize("text", ["http://a", "a b", "*", "a:80", "-a"])
def test_a_name_that_is_none_is_refused(text: str) -> None:
    """A name that never matches would lock everybody out, with nothing to say why."""
    with pytest.raises(Invalid, match="no name of a host"):
        Settings.from_env({"ANNALS_HOSTS": text})


@pytest.mark.parametrize("text", ["many", "10", "0 per minute", "10 per fortnight", "10 per minute; 1 per day"])
@pytest.mark.parametrize("name", ["ANNALS_RATE_LIMIT", "ANNALS_TRIES_LIMIT"])
def test_a_limit_that_is_none_is_refused(name: str, text: str) -> None:
    """A limit that is not understood must not come to mean none."""
    with pytest.raises(Invalid, match="which is no limit"):
        Settings.from_env({name: text})


def test_settings_of_access() -> None:
    """The defaults let everybody read, and stop only what goes in circles."""
    settings = Settings.from_env({})
    assert (settings.public_read, settings.hosts) == (True, ())
    assert (settings.rate_limit, settings.tries_limit) == ("12000 per minute", "20 per minute")
    assert Settings.from_env({"ANNALS_RATE_LIMIT": "off"}).rate_limit is None


def test_an_open_address_needs_a_key(tmp_path: Path) -> None:
    """Where others reach the server, somebody has to be able to tell who may write."""
    settings = Settings.from_env({}, home=tmp_path, host="0.0.0.0")
    with pytest.raises(WrongUsage, match="no key yet"):
        check_address(settings)

    run(tmp_path, "keys", "create", "--name", "desk", "--scope", "write")

    check_address(settings)
    check_address(Settings.from_env({}, home=tmp_path / "elsewhere"))
    assert not (tmp_path / "elsewhere").exists()


def test_keys_from_the_command_line(tmp_path: Path) -> None:
    """The first key is made by whoever has the machine: its secret alone is on standard output, for a script to keep."""
    assert "There are no keys" in run(tmp_path, "keys", "list").output
    made = run(tmp_path, "keys", "create", "--name", "desk", "--scope", "write")
    assert made.stdout.startswith("annals_") and made.stdout.count("\n") == 1
    asjson = run(tmp_path, "keys", "create", "--name", "robot", "--scope", "read", "--json")
    assert '"key": "annals_' in asjson.stdout

    assert "desk" in run(tmp_path, "keys", "revoke", "--name", "desk").output
    assert '"revoked_by": null' in run(tmp_path, "keys", "revoke", "--name", "desk", "--json").output

    listed = run(tmp_path, "keys", "list")
    assert "desk" in listed.output and "robot" in listed.output and made.stdout.strip() not in listed.output
    assert '"items"' in run(tmp_path, "keys", "list", "--json").output
    assert run(tmp_path, "keys", "create", "--name", "desk", "--scope", "read").exit_code != 0
    assert run(tmp_path, "keys", "revoke", "--name", "nobody").exit_code != 0
