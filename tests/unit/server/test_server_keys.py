"""Keys at the gate: wrong, expired, revoked, too weak, used up; and a store that cannot be used."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from server_fakes import Obedient, Parrot, make_service, nothing
from starlette.testclient import TestClient

from dragoman.base.errors import ConfigError, StoreError
from dragoman.server.app import create_app
from dragoman.server.ask import RefusedError
from dragoman.server.gate import Credentials
from dragoman.server.security.key_gate import GateOptions, KeyGate
from dragoman.server.security.keys import Grant, hashed, make_key
from dragoman.server.security.options import SecurityOptions
from dragoman.server.security.rates import Buckets, neighbourhood
from dragoman.server.security.watch import Stored, watched_store
from dragoman.server.store.keys import KeyTable
from dragoman.server.store.migrations import open_store

NOON = 1_801_396_800.0  # 2027-01-31T12:00:00Z
DAY = 86_400


class Clock:
    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def table(tmp_path):
    database = open_store(str(tmp_path / "keys.db"))
    yield KeyTable(database)
    database.close()


@pytest.fixture
def grant(table):
    def give(name="ada", **options):
        secret, key = make_key(Grant(name=name, **options), now=NOON)
        table.add(key)
        return secret, key

    return give


def why(gate, secret, **wanted):
    with pytest.raises(RefusedError) as refused:
        gate.enter(Credentials(secret), **wanted)
    return refused.value.reason, refused.value.status


def test_a_key_is_random_and_only_its_hash_is_kept(grant, table, tmp_path):
    secrets = {grant()[0] for _ in range(50)}
    assert len(secrets) == 50
    assert all(one.startswith("dgm_") and len(one) == 47 for one in secrets)  # 256 bits in base 64
    held = b"".join(path.read_bytes() for path in tmp_path.glob("keys.db*"))
    assert not any(one.encode() in held or one[4:].encode() in held for one in secrets)
    assert {key.hash for key in table.all()} == {hashed(one) for one in secrets}


def test_who_comes_in(grant, table, clock):
    secret, key = grant(valid_days=1)
    gate = KeyGate(table, clock=clock)
    caller = gate.enter(Credentials(secret), characters=9)
    assert (caller.identity, caller.limit) == (key.identity, None)
    assert why(gate, None) == ("no_key", 401)
    for wrong in ("", "x", secret[:-1], secret.upper(), key.hash, "ключ", "\udcff", "\ud800", "x" * 100_000):
        assert why(gate, wrong) == ("bad_key", 401)
    assert why(gate, secret, scope="metrics") == ("forbidden", 403)
    clock.now += DAY
    gate.look()
    assert why(gate, secret) == ("bad_key", 401)


def test_a_revoked_key_is_refused_after_the_next_look(grant, table, clock):
    secret, key = grant()
    gate = KeyGate(table, clock=clock)
    gate.enter(Credentials(secret))
    table.revoke(key.identity, now=clock.now)
    gate.look()
    assert why(gate, secret) == ("bad_key", 401)


def test_keys_that_are_optional(grant, table, clock):
    secret, key = grant(scopes={"admin"})
    gate = KeyGate(table, GateOptions(required=False), clock=clock)
    assert gate.enter(Credentials()).identity == ""
    assert why(gate, None, scope="glossaries") == ("forbidden", 403)
    assert why(gate, "wrong") == ("bad_key", 401)
    assert gate.enter(Credentials(secret), scope="metrics").identity == key.identity


def test_a_quota_is_used_up_in_the_middle(grant, table, clock):
    secret, _ = grant(characters_per_day=100, characters_per_month=150)
    gate = KeyGate(table, clock=clock)
    who = Credentials(secret)
    first = gate.enter(who, characters=60)
    assert why(gate, secret, characters=60) == ("quota", 429)  # the first is not answered yet
    gate.used(first, characters=0)  # and never will be
    second = gate.enter(who, characters=60)
    assert second.limit == 100
    gate.used(second, characters=60)
    gate.look()
    assert gate.enter(who).limit == 40
    assert why(gate, secret, characters=41) == ("quota", 429)
    clock.now += DAY  # February: a new day and a new month
    gate.look()
    third = gate.enter(who, characters=100)
    gate.used(third, characters=100)
    clock.now += DAY
    gate.look()
    assert (gate.enter(who).limit, gate.enter(who).used) == (50, 100)  # of the month
    assert why(gate, secret, characters=51) == ("quota", 429)


def test_many_at_once_do_not_take_more_than_there_is(grant, table, clock):
    secret, _ = grant(characters_per_day=100)
    gate = KeyGate(table, clock=clock)

    def ask(number):
        try:
            return gate.enter(Credentials(secret), characters=7)
        except RefusedError:
            return None

    def answer(number, caller):
        gate.used(caller, characters=7)
        if number % 5 == 0:
            gate.look()

    with ThreadPoolExecutor(8) as pool:
        inside = [caller for caller in pool.map(ask, range(60)) if caller is not None]
        assert len(inside) == 14  # none of them is answered yet
        list(pool.map(answer, range(14), inside))
        assert not any(pool.map(ask, range(60)))
    gate.look()
    assert table.state("2027-01-31")[1].popitem()[1].day_characters == 98


def test_two_processes_see_each_other(grant, table, clock):
    secret, _ = grant(characters_per_day=100)
    one, two = KeyGate(table, clock=clock), KeyGate(table, clock=clock)
    one.used(one.enter(Credentials(secret), characters=90), characters=90)
    one.look()
    two.look()
    assert why(two, secret, characters=20) == ("quota", 429)


def test_requests_of_a_key_per_minute(grant, table, clock):
    secret, _ = grant(requests_per_minute=12)
    gate = KeyGate(table, clock=clock)
    for _ in range(2):
        gate.enter(Credentials(secret))
    assert why(gate, secret) == ("rate", 429)


def test_a_request_that_is_looked_at_twice_counts_once(grant, table, clock):
    secret, _ = grant(requests_per_minute=1)
    gate = KeyGate(table, clock=clock)
    with TestClient(create_app(make_service(Obedient("en", "de"), gate=gate), nothing)) as client:

        def ask(path, **sent):
            gate._rates.clear()
            return client.post(path, headers={"Authorization": f"DeepL-Auth-Key {secret}"}, **sent)

        pair = {"source_lang": "en", "target_lang": "de"}
        made = ask("/v2/glossaries", json={**pair, "name": "n", "entries": "dog\tRüde", "entries_format": "tsv"}).json()
        asked = {**pair, "text": ["dog"], "glossary_id": made["glossary_id"]}
        assert ask("/v2/translate", json=asked).status_code == 200
        assert why(gate, secret) == ("rate", 429)  # but once it does
        assert ask("/v2/document", data=pair, files={"file": ("a.txt", b"hello")}).status_code == 200
        assert why(gate, secret) == ("rate", 429)


def test_the_audit_holds_no_text_and_no_key(grant, table, clock):
    secret, key = grant(characters_per_day=5)
    gate = KeyGate(table, GateOptions(audit=True), clock=clock)
    gate.used(gate.enter(Credentials(secret, "192.0.2.9"), characters=5), characters=5)
    why(gate, secret, characters=1)
    gate.look()
    lines = {(one.key_identity, one.action, one.outcome, one.characters) for one in table.events()}
    assert lines == {
        (key.identity, "keys create", "ok", 0),
        (key.identity, "translate", "ok", 5),
        (key.identity, "translate", "quota", 1),
    }


def test_who_goes_on_asking_does_not_fill_the_audit(grant, table, clock):
    secret, _ = grant(characters_per_day=5)
    gate = KeyGate(table, clock=clock)
    for _ in range(3):
        for _ in range(100):
            why(gate, secret, characters=6)
            why(gate, secret, scope="metrics")
        gate.look()
    refused = sorted(one.outcome for one in table.events() if one.outcome != "ok")
    assert refused == ["forbidden"] * 3 + ["quota"] * 3


def test_while_the_store_is_locked_nothing_is_lost(tmp_path, grant, table, clock, monkeypatch):
    monkeypatch.setattr("dragoman.server.store.database.BUSY_SECONDS", 0.05)
    secret, key = grant(characters_per_day=100)
    from dragoman.server.store.database import Database

    impatient = Database(str(tmp_path / "keys.db"), busy_seconds=0.05)
    gate = KeyGate(KeyTable(impatient), clock=clock)
    gate.used(gate.enter(Credentials(secret), characters=60), characters=60)
    locking = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    locking.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError):
        gate.look()
    assert why(gate, secret, characters=41) == ("quota", 429)
    gate.used(gate.enter(Credentials(secret), characters=40), characters=40)
    clock.now += 61  # too long: nobody knows any more who was revoked
    assert why(gate, secret) == ("unavailable", 503)
    locking.execute("ROLLBACK")
    locking.close()
    gate.look()
    assert table.state("2027-01-31")[1][key.identity].day_characters == 100
    assert why(gate, secret, characters=1) == ("quota", 429)
    impatient.close()


def test_while_nothing_can_be_written_keys_are_still_read(grant, table, clock, monkeypatch):
    secret, key = grant(characters_per_day=100)
    gate = KeyGate(table, clock=clock)

    def full(*told):
        raise StoreError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(table, "record", full)
        for _ in range(4):
            gate.used(gate.enter(Credentials(secret), characters=20), characters=20)
            clock.now += 40
            with pytest.raises(StoreError):
                gate.look()
        assert why(gate, secret, characters=21) == ("quota", 429)
        table.revoke(key.identity, now=clock.now)
        with pytest.raises(StoreError):
            gate.look()
        assert why(gate, secret) == ("bad_key", 401)
    gate.look()
    assert table.state("2027-01-31")[1][key.identity].day_characters == 80


def test_in_the_words_of_the_dialects(grant, table, clock):
    secret, _ = grant(characters_per_day=10)
    weak, _ = grant(scopes={"metrics"})
    gate = KeyGate(table, clock=clock)
    with TestClient(create_app(make_service(Parrot("en", "de"), gate=gate), nothing)) as client:

        def deepl(key, text="hi"):
            headers = {"Authorization": f"DeepL-Auth-Key {key}"}
            body = {"text": [text], "source_lang": "EN", "target_lang": "DE"}
            return client.post("/v2/translate", json=body, headers=headers).status_code

        def libre(key, text="hi", target="de"):
            return client.post("/translate", json={"q": text, "source": "en", "target": target, "api_key": key})

        assert [deepl("wrong"), deepl(weak), deepl(secret), deepl(secret, "x" * 9)] == [403, 403, 200, 456]
        assert libre(secret, target="fr").status_code == 400  # takes nothing of the quota
        assert [libre("wrong").status_code, libre(secret, "x" * 8).status_code] == [403, 200]
        used_up = libre(secret)
        assert used_up.status_code == 429
        assert int(used_up.headers["retry-after"]) == DAY // 2
        native = client.post("/api/v1/translate", json={"text": "x", "target": "de"})
        assert (native.status_code, native.json()["reason"]) == (401, "no_key")
        assert client.get("/frontend/settings").json()["keyRequired"] is True


def test_the_gate_is_watched_and_what_was_used_is_written_at_the_end(grant, table, tmp_path):
    secret, key = grant()
    with watched_store(SecurityOptions(store=str(tmp_path / "keys.db"))) as stored:
        assert stored.glossaries is not None
        stored.gate.used(stored.gate.enter(Credentials(secret), characters=3), characters=3)
    import time

    from dragoman.server.store.keys import day_of

    assert table.state(day_of(time.time()))[1][key.identity].day_characters == 3
    assert "keys" not in [thread.name for thread in threading.enumerate()]


def test_options_that_do_not_go_together():
    for wrong in (SecurityOptions(keys="required"), SecurityOptions(keys="maybe", store="x")):
        with pytest.raises(ConfigError), watched_store(wrong):
            pass
    with watched_store(SecurityOptions()) as found:
        assert found == Stored()


@pytest.mark.parametrize(
    "wrong", [{"scopes": {"everything"}}, {"scopes": set()}, {"name": ""}, {"name": "a\nb"}, {"name": "x" * 201}]
)
def test_keys_that_are_not_made(wrong):
    with pytest.raises(ConfigError):
        make_key(Grant(**{"name": "x", **wrong}), now=NOON)


def test_buckets(clock):
    buckets = Buckets(60, 3, most=2, clock=clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(1)
    clock.now += 1
    assert buckets.take("a") == 0
    for number in range(1000):
        buckets.take(number)
    assert len(buckets) == 2


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", None),
        ("::1", None),
        ("", None),
        ("testclient", "testclient"),
    ],
)
def test_what_is_one_place(address, place):
    assert neighbourhood(address) == place
