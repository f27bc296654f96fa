"""The store: the same on both databases; locked, full, damaged, too old, too new."""

import asyncio
import json
import sqlite3
import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import MetaData
from store_fakes import postgres_programs, running_postgres

from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError, StoreError, VersionError
from dragoman.server.ask import RefusedError
from dragoman.server.gate import Caller
from dragoman.server.security.key_gate import GateOptions, KeyGate
from dragoman.server.security.keys import Grant, make_key
from dragoman.server.store import migrations
from dragoman.server.store.backup import back_up, restore
from dragoman.server.store.database import Database
from dragoman.server.store.glossaries import Dictionary, Glossary
from dragoman.server.store.keys import Event, KeyTable, Usage, day_of
from dragoman.server.store.migrations import STEPS, migrate, open_store, version
from dragoman.server.store.sql_baselines import SqlBaselines
from dragoman.server.store.sql_glossaries import SqlGlossaries
from dragoman.server.store.suggestions import SuggestionFile
from dragoman.server.store.tables import METADATA
from dragoman.server.telemetry.quality.drift import Baseline

NOW = 1_800_000_000  # 2027-01-15


@pytest.fixture(scope="session")
def postgres():
    if postgres_programs() is None:
        pytest.skip("no PostgreSQL is installed")
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def new_location(request, tmp_path):
    """Places for new stores."""
    number = 0

    def make():
        nonlocal number
        number += 1
        if request.param == "sqlite":
            return str(tmp_path / f"store{number}.db")
        psycopg = pytest.importorskip("psycopg")
        url = request.getfixturevalue("postgres").url
        raw = psycopg.connect(url + "postgres", autocommit=True)
        raw.execute(f"DROP DATABASE IF EXISTS store{number} WITH (FORCE)")
        raw.execute(f"CREATE DATABASE store{number}")
        raw.close()
        return f"{url}store{number}"

    return make


@pytest.fixture
def database(new_location):
    found = open_store(new_location())
    yield found
    found.close()


@pytest.fixture
def file_store(tmp_path):
    found = open_store(str(tmp_path / "store.db"))
    yield found
    found.close()


def fill(database):
    table = KeyTable(database)
    _, key = make_key(Grant(name="Ada Łovelace", characters_per_day=5), now=NOW)
    table.add(key)
    table.record({(key.identity, "2027-01-15"): (2, 30)}, [Event(NOW, key.identity, "translate", "ok", 30)])
    glossary = Glossary(key.identity, "names", (Dictionary("en", "de", {"cat\\": "Kätzchen\u2028"}),))
    asyncio.run(SqlGlossaries(database).keep(glossary))
    return key, glossary


def test_keys_and_usage(database):
    table = KeyTable(database)
    key, _ = fill(database)
    table.record({(key.identity, "2027-01-15"): (1, 12), (key.identity, "2027-01-01"): (1, 100)})
    table.record({(key.identity, "2026-12-31"): (1, 1000), ("key-deleted-long-ago", "2027-01-15"): (1, 1)})
    assert table.state("2027-01-15") == ([key], {key.identity: Usage(42, 142)})
    assert table.state("2026-12-05") == ([key], {key.identity: Usage(0, 1000)})
    assert table.revoke(key.identity, now=NOW + 5)
    assert not table.revoke(key.identity, now=NOW + 9)
    assert table.all()[0].state(NOW + 6) == "revoked"
    actions = [event.action for event in table.events()]
    assert actions[0] == "keys revoke"
    assert sorted(actions[1:]) == ["keys create", "translate"]
    assert table.forget_events(before_seconds=NOW + 1) == 2


def test_usage_of_many_at_once_is_added_up(database):
    table = KeyTable(database)
    key, _ = fill(database)
    threads = [
        threading.Thread(target=lambda: [table.record({(key.identity, "2027-01-16"): (1, 10)}) for _ in range(10)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert table.state("2027-01-16")[1][key.identity].day_characters == 400


def test_glossaries(database):
    store = SqlGlossaries(database)

    async def work():
        one = Glossary("ada", "one", (Dictionary("en", "de", {"a": "b"}),))
        await store.keep(one)
        assert await store.find("ada", one.identity) == one
        assert await store.find("bob", one.identity) is None
        more = one.with_dictionary(Dictionary("en", "fr", {"x": "y"}))
        await store.keep(more)
        assert await store.all("ada") == [more]
        assert not await store.forget("bob", one.identity)
        assert await store.forget("ada", one.identity)
        assert await store.find("ada", "\0") is None

    asyncio.run(work())


def test_the_rules_of_glossaries_hold_here_too(file_store, monkeypatch):
    monkeypatch.setattr("dragoman.server.store.glossaries.MAX_GLOSSARIES", 1)

    async def work():
        await SqlGlossaries(file_store).keep(Glossary("ada", "one", ()))
        await SqlGlossaries(file_store).keep(Glossary("bob", "one", ()))
        with pytest.raises(RefusedError, match="at most"):
            await SqlGlossaries(file_store).keep(Glossary("ada", "two", ()))

    asyncio.run(work())


BASELINE = Baseline(1000, 0.4, 2.5, -1.25, {"loop": 3, "foreign": 30})


def test_the_first_baseline_of_a_model_stays(database, monkeypatch):
    store, other = SqlBaselines(database), SqlBaselines(database)
    assert store.find("sum-a") is None
    assert store.keep("sum-a", BASELINE) == BASELINE
    assert other.keep("sum-a", replace(BASELINE, size=7, least_score=None)) == BASELINE
    assert other.find("sum-a") == BASELINE
    assert store.keep("sum-b", replace(BASELINE, least_score=None)).least_score is None
    monkeypatch.setattr("dragoman.server.store.sql_baselines.RULES", 2)
    assert store.find("sum-a") is None
    assert store.keep("sum-a", replace(BASELINE, size=8)).size == 8


def test_a_store_of_the_first_version_is_migrated_and_its_backup_restored(new_location, tmp_path):
    old = Database(new_location())
    with old.writing() as connection:
        migrate(connection, to=1)
    key, _ = fill(old)
    assert back_up(old, tmp_path / "old") == 5
    with old.writing() as connection:
        assert migrate(connection) == (1, 2)
    restored = Database(new_location())
    assert restore(restored, tmp_path / "old") == 5
    for database in (old, restored):
        assert KeyTable(database).all() == [key]
        assert SqlBaselines(database).keep("sum-a", BASELINE) == BASELINE
        database.close()


def test_a_backup_is_the_same_in_either_database(database, new_location, tmp_path):
    fill(database)
    SqlBaselines(database).keep("sum-a", BASELINE)
    assert back_up(database, tmp_path / "one") == 6
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0
    other, file = Database(new_location()), Database(str(tmp_path / "other.db"))
    for restored in (other, file):
        assert restore(restored, tmp_path / "one") == 6
        assert SqlBaselines(restored).find("sum-a") == BASELINE
        back_up(restored, tmp_path / "two")
        assert sorted((tmp_path / "two").read_text().splitlines()) == (
            sorted((tmp_path / "one").read_text().splitlines())
        )
        with pytest.raises(ConfigError, match="not empty"):
            restore(restored, tmp_path / "one")
        restored.close()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda lines: lines[:-1], DamagedFileError),
        (lambda lines: [*lines[:2], *lines[3:]], DamagedFileError),
        (lambda lines: [line.replace("Ada", "Eve") for line in lines], DamagedFileError),
        (lambda lines: [lines[0], '{"table": "x; DROP TABLE keys", "row": {}}', *lines[1:]], DamagedFileError),
        (lambda lines: [lines[0], '{"table": "keys", "row": {"identity": "x"}}', *lines[1:]], DamagedFileError),
        (lambda lines: [lines[0], "[" * 100_000, *lines[1:]], DamagedFileError),
        (lambda lines: ["\udcff", *lines], DamagedFileError),
        (lambda lines: [], DamagedFileError),
        (lambda lines: [json.dumps({"kind": "dragoman-store", "version": 99}), *lines[1:]], VersionError),
        (lambda lines: [json.dumps({"kind": "dragoman-store", "version": True}), *lines[1:]], DamagedFileError),
    ],
)
def test_a_damaged_backup_is_refused_as_a_whole(file_store, tmp_path, change, error):
    fill(file_store)
    back_up(file_store, tmp_path / "backup")
    lines = change((tmp_path / "backup").read_text().splitlines())
    (tmp_path / "backup").write_bytes("\n".join(lines).encode(errors="surrogateescape") + b"\n")
    empty = Database(str(tmp_path / "empty.db"))
    with pytest.raises(error):
        restore(empty, tmp_path / "backup")
    with empty.reading() as connection:
        assert version(connection) == 0
    empty.close()


def test_the_tables_are_those_that_the_steps_make(database):
    found = MetaData()
    with database.reading() as connection:
        found.reflect(connection)
    shape = {
        name: [(column.name, column.nullable, column.primary_key) for column in table.columns]
        for name, table in found.tables.items()
    }
    assert shape == {
        name: [(column.name, column.nullable, column.primary_key) for column in table.columns]
        for name, table in METADATA.tables.items()
    }


def test_versions(database, monkeypatch, tmp_path):
    fill(database)
    back_up(database, tmp_path / "old")

    def second(connection):
        connection.exec_driver_sql("ALTER TABLE glossaries ADD COLUMN note TEXT")

    newer = (*STEPS, second)
    location = database._url.render_as_string(hide_password=False) if database.is_postgres else database.name
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", newer)
        with pytest.raises(ConfigError, match=f"version {len(STEPS)}"):
            open_store(location)
    with database.writing() as connection:
        assert migrate(connection, steps=newer) == (len(STEPS), len(newer))
        assert connection.exec_driver_sql("SELECT note FROM glossaries").all() == [(None,)]
    with pytest.raises(VersionError, match=f"version {len(newer)}"):
        open_store(location)


def test_a_step_that_fails_leaves_everything_as_it_was(database):
    def broken(connection):
        connection.exec_driver_sql("CREATE TABLE half (x TEXT)")
        connection.exec_driver_sql("THIS IS NO SQL")

    with pytest.raises(StoreError), database.writing() as connection:
        migrate(connection, steps=(*STEPS, broken))
    with database.reading() as connection:
        assert version(connection) == len(STEPS)
        found = MetaData()
        found.reflect(connection)
    assert "half" not in found.tables


@pytest.fixture
def impatient(file_store):
    found = Database(file_store.name, busy_seconds=0.05)
    yield found
    found.close()


def test_a_locked_database(file_store, impatient, capsys):
    fill(file_store)
    locking = sqlite3.connect(file_store.name, isolation_level=None)
    locking.execute("BEGIN IMMEDIATE")
    table = KeyTable(impatient)
    with pytest.raises(StoreError, match="locked"):
        table.record({}, [Event(NOW, "", "x")])
    glossaries = SqlGlossaries(impatient)
    for _ in range(3):
        with pytest.raises(RefusedError) as refused:
            asyncio.run(glossaries.keep(Glossary("ada", "x", ())))
    assert (refused.value.status, refused.value.retry_seconds) == (503, 2.0)
    assert capsys.readouterr().err.count("cannot be used now") == 1
    assert len(table.all()) == 1  # readers do not wait for writers
    locking.execute("ROLLBACK")
    locking.close()
    table.record({}, [Event(NOW, "", "x")])


def test_a_full_disk(file_store):
    key, _ = fill(file_store)
    table = KeyTable(file_store)
    with file_store.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        table.record({}, [Event(NOW, "x" * 1000, "y" * 1000) for _ in range(100)])
    assert table.all() == [key]


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "x").write_text("no database, but quite long enough to be one" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(str(tmp_path / "x"))


def test_a_server_that_stops_and_starts_again(postgres):
    pytest.importorskip("psycopg")
    database = open_store(postgres.url + "postgres")
    key, _ = fill(database)
    table = KeyTable(database)
    gate = KeyGate(table, GateOptions(audit=True))
    caller = Caller(key.identity, key.scopes)
    postgres.stop()
    gate.used(caller, characters=7)
    with pytest.raises(StoreError, match="cannot be used now"):
        gate.look()
    with pytest.raises(StoreError):
        SqlBaselines(database).find("sum-a")
    gate.used(caller, characters=5)
    postgres.start()
    gate.look()
    day = day_of(time.time())
    assert table.state(day)[1][key.identity].day_characters == 12
    assert {(event.action, event.characters) for event in table.events()} >= {("translate", 7), ("translate", 5)}
    assert SqlBaselines(database).find("sum-a") is None
    database.close()


def test_a_backup_taken_while_others_write_is_of_one_moment(database, tmp_path):
    """Each write adds a request and a line of the audit: in every backup there are as many of one as of the other."""
    key, _ = fill(database)
    table, ended = KeyTable(database), threading.Event()

    def write():
        while not ended.is_set():
            table.record({(key.identity, "2027-01-15"): (1, 7)}, [Event(NOW, key.identity, "work", "ok", 7)])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(4):
            back_up(database, tmp_path / f"backup{number}")
    finally:
        ended.set()
        writer.join()
    counts = []
    for number in range(4):
        restored = Database(str(tmp_path / f"restored{number}.db"))
        restore(restored, tmp_path / f"backup{number}")
        with restored.reading() as connection:
            requests = connection.exec_driver_sql("SELECT requests FROM usage").scalar_one()
            lines = connection.exec_driver_sql("SELECT count(*) FROM audit WHERE action = 'work'").scalar_one()
        restored.close()
        assert requests == 2 + lines
        counts.append(lines)
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_who_only_reads_makes_no_file(tmp_path):
    with pytest.raises(FileAccessError, match="there is no store"):
        open_store(str(tmp_path / "typo.db"), must_exist=True)
    assert not (tmp_path / "typo.db").exists()


@pytest.mark.parametrize("location", ["mysql://a/b", "sqlite:///x", "://", "postgresql://a:b:c/x"])
def test_places_that_are_none(location):
    with pytest.raises(ConfigError):
        Database(location)


def test_a_server_that_is_away_and_its_password():
    database = Database("postgresql://ada:secret@127.0.0.1:1/none")
    with pytest.raises(StoreError) as error, database.reading():
        pass
    assert "secret" not in str(error.value)
    assert "secret" not in database.name
    database.close()


def test_a_new_file_is_for_its_owner_alone(file_store):
    from pathlib import Path

    assert Path(file_store.name).stat().st_mode & 0o077 == 0
    with file_store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_a_file_that_is_deleted_under_way_takes_nothing_and_comes_back(tmp_path):
    place = tmp_path / "store.db"
    database = open_store(str(place))
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE told (word TEXT)")
    database.close()
    kept = place.read_bytes()
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM told").scalar() == 0
    for file in tmp_path.glob("store.db*"):
        file.unlink()
    for opened in (database.writing, database.reading):
        with pytest.raises(StoreError, match="is gone"), opened():
            pass
    assert not place.exists()
    place.write_bytes(kept)
    with database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO told VALUES ('back')")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT word FROM told").scalar() == "back"
    database.close()


def test_half_a_suggestion_is_never_kept(tmp_path):
    resource = pytest.importorskip("resource")
    path = tmp_path / "better.jsonl"
    file = SuggestionFile(path)
    assert path.stat().st_mode & 0o777 == 0o600
    file.add("en", "de", ("one" * 500_000, "eins"))  # more than anything else that is written meanwhile
    whole = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 10, limits[1]))  # as on a full disk
        for text in ("two" * 100, "three"):
            with pytest.raises(RefusedError) as refused:
                file.add("en", "de", (text, text))
            assert (refused.value.status, path.read_bytes()) == (503, whole)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    file.add("en", "de", ("four", "vier"))
    assert [json.loads(line)["en"] for line in path.read_text().splitlines()] == ["one" * 500_000, "four"]
