"""Whether the service keeps what its OpenAPI description promises, whatever it is sent: schemathesis on a real server.

    python benchmarks/serving/fuzz.py --examples 500
    python benchmarks/serving/fuzz.py --examples 500 --address http://127.0.0.1:5000 --header "Authorization: Bearer …"

Without ``--address`` a service of a translation memory is started on a free port, and its log is searched for errors.
Of schemathesis' checks one is left out: that every request which fits the schema is accepted. A code such as "zz"
fits, and the service that does not speak it has to say no. Prints what schemathesis found as one JSON object; the exit
code is its own.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEFT_OUT = "positive_data_acceptance"


@contextmanager
def service(log: Path) -> Iterator[str]:
    """A real service on a free port; its address."""
    memory = log.with_suffix(".tsv")
    memory.write_text("Good morning!\tGuten Morgen!\nThank you.\tDanke.\n", encoding="utf-8")
    command = ["serve", "--port", "0", "--memory", f"en-de:{memory}", "--log", "json"]
    with log.open("w") as stream:
        process = subprocess.Popen([sys.executable, "-m", "dragoman", *command], stderr=stream, stdout=stream)
    try:
        while not (found := re.search(r'listening on (http://[^\s"]+)', log.read_text())):
            if process.poll() is not None:
                raise SystemExit(log.read_text())
            time.sleep(0.05)
        yield found[1]
    finally:
        process.terminate()
        process.wait(60)


def fuzz(address: str, *, examples: int, seed: int, headers: list[str], path: str = "") -> tuple[int, str]:
    """What schemathesis says of the service at ``address``, of all its paths or of one."""
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--checks", "all", "--exclude-checks", LEFT_OUT, "--max-examples", str(examples), "--seed", str(seed)]
    options += ["--no-color", "--max-failures", "20", "--request-timeout", "20", "--generation-database", "none"]
    options += ["--include-path", path] if path else []
    for header in headers:
        options += ["--header", header]
    with tempfile.TemporaryDirectory() as folder:  # it writes a cache where it stands
        command = [program, "run", f"{address}/api/v1/openapi.json", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def summary(said: str) -> dict[str, int]:
    """The figures in what schemathesis says."""
    cases = re.search(r"([\d,]+) generated", said)
    failures = re.search(r"(\d+) unique failures?", said)
    tested = re.search(r"Tested: (\d+)", said)
    return {
        name: int(found[1].replace(",", "")) if found else 0
        for name, found in (("cases", cases), ("failures", failures), ("operations", tested))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="of each operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--address", help="of a service that runs already")
    parser.add_argument("--header", action="append", default=[])
    options = parser.parse_args()
    known = {"examples": options.examples, "seed": options.seed, "headers": options.header}
    began = time.monotonic()
    more = {}
    if options.address:
        code, said = fuzz(options.address, **known)
    else:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            with service(log) as address:
                code, said = fuzz(address, **known)
            more = {"of_500": log.read_text().count('"status": 500'), "crashes": log.read_text().count('"crash"')}
    if code:
        print(said, file=sys.stderr)
    print(json.dumps({**summary(said), **more, "exit_code": code, "seconds": round(time.monotonic() - began, 1)}))
    sys.exit(code)


if __name__ == "__main__":
    main()
