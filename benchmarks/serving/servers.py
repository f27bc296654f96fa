"""The two servers that are compared, as processes: started, watched and stopped. Both are given the same model.

LibreTranslate reads Argos packages. From a dragoman bundle with a CTranslate2 model one is made: the same weights, the
same SentencePiece model; our bundle is copied and told the search that Argos Translate has built in (beam 4, length
penalty 0.2), so both search alike. Sentences are split for LibreTranslate by spaCy's rules (``ARGOS_CHUNK_TYPE=SPACY``
with a blank pipeline in the package); its default is a neural network that is downloaded.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from load import request_bytes

BEAM, LENGTH_PENALTY = 4, 0.2
"""What Argos Translate searches with."""
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Server:
    """A server process, and those it started."""

    name: str
    command: Sequence[str]
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    log: Path = Path(os.devnull)
    process: subprocess.Popen | None = None

    def start(self) -> float:
        """Start it, wait for its first translation, and tell how many seconds that took."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that whoever started it stops it
        began = time.perf_counter()
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            cwd=self.log.parent if self.log.is_file() else None,
        )
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - began > 120:
                self.stop()
                raise SystemExit(f"{self.name} did not come up: see {self.log}")
            time.sleep(0.01)
        return time.perf_counter() - began

    def _answers(self) -> bool:
        body = request_bytes("A man is riding a bicycle.").partition(b"\r\n\r\n")[2]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/translate", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return bool(json.load(answer)["translatedText"])
        except (OSError, urllib.error.HTTPError):
            return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def resident_mb(self) -> float:
        """Memory of all its processes, shared pages counted for each."""
        return sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in self._family()) * _PAGE / 1e6

    @property
    def processor_seconds(self) -> float:
        """Taken so far by all its processes."""
        used = 0
        for one in self._family():
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
        return used / _TICKS

    def _family(self) -> list[int]:
        found = [self.process.pid]
        for one in found:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def dragoman(bundle: Path, work: Path, *, options: Sequence[str] = (), python: str = sys.executable) -> Server:
    """Our server."""
    port = free_port()
    command = [python, "-m", "dragoman", "serve", str(bundle), "--port", str(port), *options]
    return Server("dragoman", command, port, log=_log(work, "dragoman"))


def libretranslate(
    python: Path,
    packages: Path,
    work: Path,
    *,
    threads: int,
    inter: int,
    processes: int = 1,
    files: bool = False,
    options: Sequence[str] = (),
) -> Server:
    """LibreTranslate: its own server (waitress), or gunicorn with several processes.

    Args:
        python: of the environment it is installed in.
        packages: as :func:`argos_packages` made them.
        work: for logs and caches.
        threads: of the web server, in each process.
        inter: batches that each process's CTranslate2 decodes side by side; with one, all cores work on it.
        processes: how many.
        files: whether it translates files too.
        options: further ones, of its own server.
    """
    port = free_port()
    home = work / "libretranslate-home"
    senter = home / "argos-translate" / "spacy" / "senter"
    senter.mkdir(parents=True, exist_ok=True)
    (senter / "model").touch()  # else it tries to download a pipeline; the one in the package is used
    environment = {
        **{f"XDG_{kind}_HOME": str(home) for kind in ("DATA", "CONFIG", "CACHE")},
        "ARGOS_PACKAGES_DIR": str(packages),
        "ARGOS_CHUNK_TYPE": "SPACY",
        "ARGOS_INTER_THREADS": str(inter),
        "ARGOS_INTRA_THREADS": "1" if inter > 1 or processes > 1 else "0",
    }
    program = python.parent / "libretranslate"
    command = [str(program), "--port", str(port), "--threads", str(threads), *options]
    command += [] if files else ["--disable-files-translation"]
    if processes > 1:
        where = ["--bind", f"127.0.0.1:{port}", "--workers", str(processes), "--threads", str(threads)]
        wsgi = "import sys; sys.argv = ['--wsgi']; from libretranslate import main; app = main()"
        (work / "lt_wsgi.py").write_text(wsgi + "\n")
        command = [str(python.parent / "gunicorn"), *where, "--pythonpath", str(work), "lt_wsgi:app"]
    return Server("libretranslate", command, port, environment, _log(work, "libretranslate"))


def same_search(bundle: Path, work: Path) -> Path:
    """A copy of a bundle that searches as Argos Translate does."""
    from dragoman.translator.manifest import copy_bundle, read_manifest

    copy = work / "bundle"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    recipe = read_manifest(bundle)["recipe"]
    search = {"beam": BEAM, "length_penalty": "average", "length_penalty_alpha": LENGTH_PENALTY}
    copy_bundle(bundle, copy, changes={"recipe": {**recipe, "decoding": {**recipe["decoding"], **search}}})
    return copy


def argos_packages(bundle: Path, work: Path, python: Path) -> Path:
    """A directory with the model of ``bundle`` as an Argos package.

    There is a second package, of the other direction: with less than two LibreTranslate asks the network at its start.
    """
    manifest = json.loads((bundle / "manifest.json").read_text())
    model = bundle / manifest["engines"]["ctranslate2"]["directory"]
    [pieces] = bundle.glob("tokenizer*/sentencepiece.model")
    packages = work / "packages"
    shutil.rmtree(packages, ignore_errors=True)
    for source, target in (("en", "de"), ("de", "en")):
        package = packages / f"{source}_{target}"
        shutil.copytree(model, package / "model")
        config = json.loads((package / "model" / "config.json").read_text())
        config["add_source_eos"] = True  # Argos gives pieces alone, our engine ends them itself
        (package / "model" / "config.json").write_text(json.dumps(config))
        shutil.copy(pieces, package / "sentencepiece.model")
        names = {"en": "English", "de": "German"}
        told = {"package_version": "1.0", "argos_version": "1.9", "from_code": source, "to_code": target}
        told |= {"from_name": names[source], "to_name": names[target]}
        (package / "metadata.json").write_text(json.dumps(told))
        blank = f"import spacy; spacy.blank({source!r}).to_disk({str(package / 'spacy')!r})"
        subprocess.run([python, "-c", blank], check=True)
    return packages


def _log(work: Path, name: str) -> Path:
    log = work / f"{name}.log"
    log.touch()
    return log
