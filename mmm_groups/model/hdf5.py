"""What an HDF5 file may hold besides its own data, and how large it says it is: looked at before anything is read.

Run as a script, it reads a netCDF file to its end, under limits on time and memory: `trial_reading` starts it so. As a
damaged file can end or stop the process that reads it, that happens here first, where nobody else is.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import h5py

MOST_PARTS, DEEPEST = 20_000, 20
MOST_BYTES = 8_000_000_000
"""Of all variables together, unpacked."""
_PACKS_TO = 1100  # bytes at most that one byte of a file can stand for: deflate reaches 1,032
_SMALL = 20_000_000  # bytes that may be declared without being stored
_FREE_SECONDS, _BYTES_A_SECOND = 4, 20_000_000
_FREE_BYTES = 1_000_000_000
_SOUND = Path(__file__).parent.parent / "data" / "demo_model.nc"
_REFERENCES = "DIMENSION_LIST"


@dataclass(frozen=True)
class HostilePart:
    """Something in a file that must not be read.

    Attributes
    ----------
    words : str
        The end of a sentence that begins with the file's name.
    leads_elsewhere : bool
        It would read other files, or the same part for ever, which no damage does; otherwise the file is damaged.
    """

    words: str
    leads_elsewhere: bool = False


def hostile_parts(file: h5py.File) -> Iterator[HostilePart]:
    """Whatever must not be read. No netCDF file of any tool has one of them.

    Links to other places, data kept in other files (also as views, "virtual" datasets), and parts that stand in the
    file twice, through which a reader could walk for ever; more data than the file can hold; and references that make
    the HDF5 library write beyond its memory.
    """
    seen = {h5py.h5o.get_info(file.id).addr}
    waiting: list[tuple[h5py.Group, int]] = [(file, 1)]
    declared = 0
    while waiting:
        group, depth = waiting.pop()
        for name in group:
            place = f"{group.name.rstrip('/')}/{name}".lstrip("/")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                yield HostilePart(f"links to something else at '{place}'", leads_elsewhere=True)
                continue
            item = group[name]
            address = h5py.h5o.get_info(item.id).addr
            if address in seen:
                yield HostilePart(f"holds '{place}' a second time under another name", leads_elsewhere=True)
                continue
            seen.add(address)
            if len(seen) > MOST_PARTS or depth > DEEPEST:
                yield HostilePart(f"has more than {MOST_PARTS} parts, or parts more than {DEEPEST} deep in each other")
                return
            if isinstance(item, h5py.Group):
                waiting.append((item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                if item.external or item.is_virtual:
                    yield HostilePart(f"keeps '{place}' in another file", leads_elsewhere=True)
                    continue
                size = int(item.nbytes or 0)
                declared += size
                if declared > MOST_BYTES or size > max(_SMALL, _PACKS_TO * int(item.id.get_storage_size())):
                    yield HostilePart(
                        f"says that it holds {int(item.size or 0)} values in '{place}', more than it can hold or "
                        "than can be opened"
                    )
                if _REFERENCES in item.attrs and _count(item, _REFERENCES) != item.ndim:
                    yield HostilePart(f"is damaged: '{place}' does not name each of its dims once")


def declared_numbers(file: h5py.File) -> int:
    """How many numbers or texts all variables together claim to hold, which a small file can claim at will."""
    found = 0

    def count(name: str, item: h5py.Group | h5py.Dataset) -> None:
        nonlocal found
        if isinstance(item, h5py.Dataset):
            found += int(item.size or 0)

    file.visititems(count)
    return found


def _count(item: h5py.Dataset, attribute: str) -> int:
    shape = item.attrs.get_id(attribute).shape
    return int(shape[0]) if shape is not None and len(shape) == 1 else -1


def _read(path: Path, allow: Callable[[int], None] = lambda held: None) -> str:
    """Read everything in a file; returns where reading failed and why, nothing if it did not.

    `allow` is told how many bytes must be held at once, before they are.
    """
    import numpy as np
    import xarray as xr

    is_hdf5 = path.read_bytes()[:4] == b"\x89HDF"
    place = "its beginning"
    try:
        if is_hdf5:
            with h5py.File(path, "r") as file:
                if any(True for _ in hostile_parts(file)):
                    return ""  # whoever asks finds and names it in the same way, and reads no further
                allow(_largest(file))
                parts: list[str] = []
                file.visit(parts.append)
                for place in ["/", *parts]:
                    attributes = file[place].attrs
                    for name in attributes:
                        attributes[name]
        place = "the list of its variables"
        # Unpacked, but neither dates nor scales are applied: what they mean is the business of those who know the file.
        # Files before netCDF-4 hold no groups.
        opened = partial(xr.open_datatree, engine="h5netcdf") if is_hdf5 else partial(xr.open_dataset, engine="scipy")
        with opened(path, decode_cf=False, cache=False) as found:
            for node in (found if isinstance(found, xr.DataTree) else xr.DataTree(found)).subtree:
                for name, variable in node.dataset.variables.items():
                    place = f"{node.path.rstrip('/')}/{name}".lstrip("/")
                    np.asarray(variable.values)
    except MemoryError:
        return f"at '{place}': it needs more memory than its size allows"
    except Exception as error:  # noqa: BLE001 - the libraries raise anything on a damaged file; it is told
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return f"at '{place}': {lines[0][:200]}"
    return ""


def _largest(file: h5py.File) -> int:
    """Bytes of the largest variable, unpacked: they are read one after the other."""
    found = 0

    def look(name: str, item: h5py.Group | h5py.Dataset) -> None:
        nonlocal found
        if isinstance(item, h5py.Dataset):
            found = max(found, int(item.nbytes or 0))

    file.visititems(look)
    return found


def _limit(size: int) -> Callable[[int], None]:
    """Limits of this process, besides what starting took: processor seconds, and bytes of memory.

    Returns what allows more memory, once it is known how many bytes must be held at once.
    """
    try:
        import resource
    except ImportError:  # Windows: whoever started this process stops it after a while
        return lambda held: None
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + _FREE_SECONDS + size // _BYTES_A_SECOND
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    taken = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else None

    def allow(held: int) -> None:
        if taken is not None:
            most = taken + size + _FREE_BYTES + 2 * held  # twice: packed parts are unpacked beside where they go
            resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))

    allow(0)
    return allow


def _serve() -> None:
    """Answer a path a line with its damage, each file in a process of its own, forked once the libraries are loaded."""
    _read(_SOUND)  # xarray imports half of what it needs at its first file: a fork would do so for each of them

    for line in sys.stdin:
        path = Path(json.loads(line))
        code, damage = _in_a_fork(path) if hasattr(os, "fork") else (0, _read(path))
        sys.stdout.write(json.dumps({"code": code, "damage": damage}) + "\n")
        sys.stdout.flush()


def _in_a_fork(path: Path) -> tuple[int, str | None]:
    """Exit code of the process that read a file, and what it found; nothing if it died."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write_end, _read(path, _limit(path.stat().st_size)).encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answer:
        found = answer.read().decode(errors="replace")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code, found if code == 0 else None


if __name__ == "__main__":
    _serve()
