"""The service for strangers, on the real command line: keys, quotas, TLS, and the mistakes of an operator."""

import json
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from test_journey_serve import running


def dragoman(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "dragoman", *map(str, arguments)], capture_output=True, text=True, timeout=120
    )


def ask(address, key=None, text="bonjour", context=None):
    """(status, body)"""
    headers = {"content-type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    body = json.dumps({"text": text, "source": "fr", "target": "de"}).encode()
    request = urllib.request.Request(f"{address}/api/v1/translate", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.status, json.load(refused)


@pytest.fixture
def memory(tmp_path):
    (tmp_path / "pairs.tsv").write_text("bonjour\tguten Tag\n", encoding="utf-8")
    return f"fr-de:{tmp_path / 'pairs.tsv'}"


def test_a_key_from_its_making_to_its_end(tmp_path, memory):
    store = tmp_path / "keys.db"
    made = dragoman("keys", "create", "Ada", "--per-day", 20, "--store", store)
    key = made.stdout.strip()
    assert key not in made.stderr
    with running("--memory", memory, "--store", store, "--audit", log=tmp_path / "log") as (address, process):
        assert ask(address)[1]["reason"] == "no_key"
        assert ask(address, "dgm_wrong")[1]["reason"] == "bad_key"
        assert ask(address, key)[1]["translations"][0]["text"] == "guten Tag"
        assert ask(address, key, "x" * 14)[1]["reason"] == "quota"
        [listed] = json.loads(dragoman("keys", "list", "--json", "--store", store).stdout)
        assert dragoman("keys", "revoke", listed["identity"], "--store", store).returncode == 0
        for _ in range(200):
            if ask(address, key)[0] == 401:
                break
            time.sleep(0.1)
        else:
            raise AssertionError("the key is still let in")
        process.terminate()
        process.wait(20)
    assert key not in (tmp_path / "log").read_text()
    [listed] = json.loads(dragoman("keys", "list", "--json", "--store", store).stdout)
    assert listed["state"] == "revoked"
    assert listed["characters_today"] >= len("bonjour")
    assert "\tquota\t14" in dragoman("keys", "audit", "--store", store).stdout
    assert dragoman("store", "backup", tmp_path / "backup", "--store", store).returncode == 0
    assert dragoman("store", "restore", tmp_path / "backup", "--store", tmp_path / "new.db").returncode == 0
    assert listed["identity"] in dragoman("keys", "list", "--store", tmp_path / "new.db").stdout


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_tls(tmp_path, memory):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*making, *names], check=True, capture_output=True, timeout=60)
    options = ("--memory", memory, "--certificate", certificate, "--private-key", key)
    with running(*options, log=tmp_path / "log") as (address, _):
        assert address.startswith("https://")
        assert ask(address, context=ssl.create_default_context(cafile=str(certificate)))[0] == 200
    wrong = dragoman("serve", "--memory", memory, "--certificate", key, "--private-key", certificate)
    assert (wrong.returncode, "no certificate and its key" in wrong.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--keys", "required"], "needs a store"),
        (["--keys", "perhaps"], "is not a choice"),
        (["--trust-proxy", "*"], "is no address"),
        (["--certificate", "x.pem"], "both a certificate"),
        (["--limit", "max_boby_bytes=1"], "max_body_bytes"),
        (["--store", "mysql://x/y"], "cannot be a mysql"),
    ],
)
def test_mistakes(memory, options, words):
    done = dragoman("serve", "--port", 0, "--memory", memory, *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
