"""Files that this app keeps: where, and written so that nobody ever reads half of one."""

import os
import tempfile
from pathlib import Path

import platformdirs


def cache_root() -> Path:
    """Where what can be made again is kept: `MMM_GROUPS_CACHE`, or the user's cache folder of the operating system."""
    return Path(os.environ.get("MMM_GROUPS_CACHE") or platformdirs.user_cache_path("mmm_groups"))


def write_beside(path: Path, content: bytes) -> Path:
    """Write a new file next to `path`, to the disk, under a name that nobody else uses; to be renamed or linked.

    Raises
    ------
    OSError
        If there is no room, or no right to write; then nothing is left behind.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return part


def create_whole(path: Path, content: bytes) -> bool:
    """Create a file whole and under this very name; False if the name is taken, also by somebody else a moment ago.

    Raises
    ------
    OSError
        If there is no room, or no right to write; then nothing is left behind.
    """
    part = write_beside(path, content)
    try:
        os.link(part, path)  # fails if the name is taken, unlike a rename
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the name is taken first
        try:
            path.open("xb").close()
        except FileExistsError:
            return False
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return True
