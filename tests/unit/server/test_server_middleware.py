"""A client that goes away takes its work with it."""

import json
import re
import socket
import threading
import time
import urllib.request
from urllib.parse import urlsplit

from server_fakes import Parrot, listening, make_service


class HeldParrot(Parrot):
    """Works only while the gate is open."""

    def __init__(self, source, target):
        super().__init__(source, target)
        self.gate = threading.Event()

    def run(self, kind, segments):
        self.gate.wait(20)
        return super().run(kind, segments)


def send(address, text):
    """A connection on which a translation was asked for, and nothing read yet."""
    body = json.dumps({"q": text, "source": "en", "target": "de"}).encode()
    place = urlsplit(address)
    connection = socket.create_connection((place.hostname, place.port), timeout=20)
    head = (
        f"POST /translate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    return connection


def answers(connection, word):
    """Whether ``word`` comes."""
    found = b""
    while word not in found and (more := connection.recv(10_000)):
        found += more
    return word in found


def metrics(address):
    with urllib.request.urlopen(f"{address}/metrics", timeout=20) as answer:
        return answer.read().decode()


def until(condition):
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it never came to be")


def test_the_segments_of_one_who_left_leave_the_queue():
    parrot = HeldParrot("en", "de")
    service = make_service(parrot)
    with listening(service) as address:
        batcher = service.fleet.members[0].batcher
        staying = send(address, "first")
        until(lambda: batcher.waiting == 1)
        leaving = send(address, "nobody waits\nfor these lines")
        also_staying = send(address, "last")
        until(lambda: batcher.waiting == 4)
        leaving.close()
        until(lambda: batcher.waiting == 2)
        parrot.gate.set()
        assert answers(staying, b"de(first)")
        assert answers(also_staying, b"de(last)")
        staying.close()
        also_staying.close()
    assert parrot.asked == ["first", "last"]


def test_one_who_left_was_neither_refused_nor_answered():
    parrot = HeldParrot("en", "de")
    service = make_service(parrot)
    with listening(service) as address:
        leaving = send(address, "nobody waits for this")
        until(lambda: service.fleet.members[0].batcher.waiting == 1)
        leaving.close()
        told = re.compile(r'dragoman_requests_total\{[^}]*route="/translate",status="(\d+)"\}')
        until(lambda: told.search(metrics(address)))
        found = metrics(address)
        parrot.gate.set()
    assert told.findall(found) == ["499"]
    assert 'reason="stopping"' not in found


def test_a_connection_is_used_again_after_an_answer():
    service = make_service(Parrot("en", "de"))
    with listening(service) as address:
        connection = send(address, "one")
        assert answers(connection, b"de(one)")
        connection.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answers(connection, b"live")
        connection.close()
