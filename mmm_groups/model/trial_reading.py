"""Files that damaged libraries could die or hang of are read in a process of its own first, once for each content.

HDF5 is a C library with a global lock: a damaged file can corrupt its memory or keep it busy for ever, and with it the
whole server. The first reading happens in a process with limits (`hdf5`, run as a script), whose death is an error in
words. What could be read there is remembered by the hash of its content, for this process and on the disk.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import Any

import h5py

from mmm_groups.fingerprint import fingerprint_of
from mmm_groups.kept_files import cache_root
from mmm_groups.model import hdf5

SHIPPED = Path(__file__).parent.parent / "data"
"""Files of the package itself need no trial."""
_VERSION = 1
_MOST_REMEMBERED = 1000
_SECONDS, _BYTES_A_SECOND = 60, 2_000_000  # by the clock, for machines that are busy; the script counts its own seconds
_found: dict[str, str] = {}
_turn = BoundedSemaphore(2)
_idle: list[subprocess.Popen[str]] = []


def damage_of(path: Path, sha256: str) -> str:
    """Why a netCDF file cannot be read to its end, as a part of a sentence; empty if it can.

    Parameters
    ----------
    path : Path
    sha256 : str
        Hash of its content, under which the answer is remembered.
    """
    if path.parent.resolve() == SHIPPED:
        return ""
    with _turn:
        if sha256 not in _found:
            while len(_found) >= _MOST_REMEMBERED:
                _found.pop(next(iter(_found)))
            _found[sha256] = "" if _is_known(sha256) else _tried(path, sha256)
        return _found[sha256]


def _mark(sha256: str) -> Path:
    return cache_root() / "readable" / f"{sha256}-{_VERSION}-{h5py.version.hdf5_version}"


def _is_known(sha256: str) -> bool:
    try:
        return _mark(sha256).exists()
    except OSError:
        return False


def _tried(path: Path, sha256: str) -> str:
    seconds = _SECONDS + path.stat().st_size / _BYTES_A_SECOND
    try:
        answer = _asked(path, seconds)
    except OSError as error:
        return f"no process could be started to read it ({error.strerror})"
    if answer is None or answer["code"] in (-24, -9):  # SIGXCPU, SIGKILL
        return "reading it does not come to an end, or needs more than the machine has"
    if answer["damage"] is None:
        return "the process that read it died"
    if fingerprint_of(path.read_bytes()) != sha256:
        return "it changed while it was read"
    if not answer["damage"]:
        _remember(sha256)
    return str(answer["damage"])


def _asked(path: Path, seconds: float) -> dict[str, Any] | None:
    """What a reader says of a file; None if it says nothing in time, and then it is ended."""
    reader = _idle.pop() if _idle else _started()
    assert reader.stdin is not None
    assert reader.stdout is not None
    stopper = Timer(seconds, _end, [reader])
    stopper.start()
    try:
        reader.stdin.write(json.dumps(str(path.resolve())) + "\n")
        reader.stdin.flush()
        line = reader.stdout.readline()
        found: dict[str, Any] | None = json.loads(line) if line else None
    except (OSError, ValueError):
        found = None
    finally:
        stopper.cancel()
    if found is None:
        _end(reader)
    else:
        _idle.append(reader)
    return found


def _started() -> subprocess.Popen[str]:
    """A reader, by its path, since importing the package takes longer than reading; -P: no module beside it is read."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    reader = subprocess.Popen(
        [sys.executable, "-P", str(Path(hdf5.__file__))],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    atexit.register(_end, reader)
    return reader


def _end(reader: subprocess.Popen[str]) -> None:
    """End a reader, and the process in which it reads a file."""
    if reader.poll() is not None:
        return
    try:
        os.killpg(reader.pid, signal.SIGKILL)
    except (AttributeError, OSError):  # Windows has no groups of processes
        reader.kill()
    reader.wait()


def _remember(sha256: str) -> None:
    mark = _mark(sha256)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError:
        return  # a cache that cannot be written: it is read once more after the next start
