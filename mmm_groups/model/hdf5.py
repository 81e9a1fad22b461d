"""What an HDF5 file may hold besides its own data, and how large it says it is: looked at before anything is read."""

from collections.abc import Iterator

import h5py


def foreign_parts(file: h5py.File) -> Iterator[str]:
    """Whatever leads out of the file or round in circles, as the end of a sentence that begins with the file's name.

    Links to other places, data kept in other files (also as views, "virtual" datasets), and parts that stand in the
    file twice, through which a reader could walk for ever. A netCDF file has none of them.
    """
    seen = {h5py.h5o.get_info(file.id).addr}
    waiting: list[h5py.Group] = [file]
    while waiting:
        group = waiting.pop()
        for name in group:
            place = f"{group.name.rstrip('/')}/{name}".lstrip("/")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                yield f"links to something else at '{place}'"
                continue
            item = group[name]
            address = h5py.h5o.get_info(item.id).addr
            if address in seen:
                yield f"holds '{place}' a second time under another name"
                continue
            seen.add(address)
            if isinstance(item, h5py.Group):
                waiting.append(item)
            elif isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
                yield f"keeps '{place}' in another file"


def declared_numbers(file: h5py.File) -> int:
    """How many numbers or texts all variables together claim to hold, which a small file can claim at will."""
    found = 0

    def count(name: str, item: h5py.Group | h5py.Dataset) -> None:
        nonlocal found
        if isinstance(item, h5py.Dataset):
            found += int(item.size or 0)

    file.visititems(count)
    return found
