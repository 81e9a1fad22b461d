"""A real PostgreSQL server of the tests' own: in a temporary folder, on a socket of its own, without a port."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of the server's empty database; the server ends with the block."""
    found = subprocess.run(["sh", str(ROOT / ".ci/find-postgres")], capture_output=True, text=True, check=False)
    if found.returncode:
        raise RuntimeError(found.stderr)
    programs = Path(found.stdout.strip())
    # Not pytest's folder: its path is too long for a socket, and closed to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="mmm-pg-", dir="/tmp"))
    user = "postgres" if os.getuid() == 0 else None  # PostgreSQL refuses to run as root
    if user is not None:
        shutil.chown(folder, user)
    log = folder / "log"
    data = folder / "data"
    run = {"user": user, "cwd": folder, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "mmm", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        **run,  # type: ignore[call-overload]
    )
    # fsync only matters when the machine itself dies, which no test does.
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    with log.open("w") as heard:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options], user=user, cwd=folder, stdout=heard, stderr=heard
        )
        try:
            _wait(server, folder / ".s.PGSQL.5432", log)
            yield f"postgresql://mmm@/postgres?host={folder}"
        finally:
            server.send_signal(2)  # fast shutdown: clients are cut off
            server.wait(20)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(server: "subprocess.Popen[bytes]", socket: Path, log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        if socket.exists() and "ready to accept connections" in log.read_text():
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
