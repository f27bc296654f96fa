"""Sends alerts to the operator's address. Serving never waits for it, and nothing of a request is in it.

The address comes from the operator alone. Redirects are not followed and no proxy of the environment is used: an alert
goes where it was told to go, or nowhere.
"""

import json
import queue
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from typing import Any

from dragoman.base.errors import ConfigError
from dragoman.base.log import warn
from dragoman.base.version import __version__
from dragoman.server.telemetry.alerts.rules import MEANINGS, Alert

_MOST_WAITING = 100
_TIMEOUT_SECONDS = 5.0
RESTS = (1.0, 2.0, 4.0, 8.0, 30.0)
"""Seconds between tries."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


def checked(url: str) -> str:
    """``url``, if alerts can be sent there.

    Raises:
        ConfigError: they cannot.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ConfigError("--alert-webhook is no address of the web", hint="such as https://example.org/alerts")
    return url


def body_of(alert: Alert) -> dict[str, Any]:
    """What is sent; chats such as Slack and Mattermost show ``text``."""
    place = socket.gethostname()
    text = f"dragoman on {place}: {alert.name} {alert.state}: {alert.value:.4g} (threshold {alert.threshold:.4g})"
    return {
        "text": text,
        "alert": alert.name,
        "meaning": MEANINGS[alert.name],
        "state": alert.state,
        "value": alert.value,
        "threshold": alert.threshold,
        "at_seconds": round(alert.at_seconds, 3),
        "instance": place,
        "version": __version__,
    }


class Webhook:
    """Sends in a thread of its own, one after another, and tries again.

    Args:
        url: where to.
        rests: seconds between tries.
    """

    def __init__(self, url: str, *, rests: Sequence[float] = RESTS) -> None:
        self._url = checked(url)
        self._rests = rests
        self._queue: queue.Queue[Alert | None] = queue.Queue(_MOST_WAITING)
        self._stop = threading.Event()
        self._opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        self._thread.start()
        self.lost = 0

    def send(self, alert: Alert) -> None:
        """Have it sent; when too many wait it is lost, and counted."""
        try:
            self._queue.put_nowait(alert)
        except queue.Full:
            self.lost += 1

    def close(self) -> None:
        """Send no more; the one on its way has a moment."""
        self._stop.set()
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(2 * _TIMEOUT_SECONDS)

    def _run(self) -> None:
        while (alert := self._queue.get()) is not None and not self._stop.is_set():
            if not self._delivered(alert):
                self.lost += 1
                warn(f"the alert {alert.name} ({alert.state}) could not be sent to the webhook")

    def _delivered(self, alert: Alert) -> bool:
        content = json.dumps(body_of(alert)).encode()
        for rest in (*self._rests, 0.0):
            request = urllib.request.Request(self._url, content, {"Content-Type": "application/json"})
            try:
                with self._opener.open(request, timeout=_TIMEOUT_SECONDS):
                    return True
            except urllib.error.HTTPError as error:
                error.close()
                if error.code in (400, 401, 403, 404, 405, 410, 413):  # the same again would be refused again
                    return False
            except (OSError, ValueError):  # urllib's own, sockets', those of http.client that are values
                pass
            if self._stop.wait(rest):
                return False
        return False
