"""A virtual environment for each peer, outside the repository, with exact versions."""

import hashlib
import subprocess
import sys
from pathlib import Path

TORCH = "torch==2.13.0"
PACKAGES = {
    "joeynmt": (TORCH, "joeynmt==2.3.0", "importlib_metadata==10.2.0", "sentencepiece==0.2.0", "setuptools==80.9.0"),
    "eole": (TORCH, "eole==0.6.4", "aiohttp==3.14.5"),
    "huggingface": (TORCH, "transformers==5.23.0", "accelerate==1.15.0", "setuptools==84.2.1"),
}


def python_of(peer: str, folder: Path) -> Path:
    """The interpreter of a peer's environment, made and filled when it is not there yet or has other versions."""
    environment = folder / f"env-{peer}"
    python, mark = environment / "bin" / "python", environment / "installed"
    wanted = hashlib.sha256("\n".join(PACKAGES[peer]).encode()).hexdigest()
    if mark.is_file() and mark.read_text() == wanted:
        return python
    print(f"installing {' '.join(PACKAGES[peer])} into {environment} …", file=sys.stderr, flush=True)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES[peer]], check=True)
    mark.write_text(wanted)
    return python
