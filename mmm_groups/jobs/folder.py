"""The folder in which jobs are kept, and what is said if it takes nothing."""

import os
from pathlib import Path

import platformdirs

from mmm_groups.errors import JobError


def jobs_folder() -> Path:
    """Where jobs are kept: `MMM_GROUPS_JOBS_FOLDER`, or the user's data folder.

    Raises
    ------
    JobError
        If it cannot be made.
    """
    chosen = os.environ.get("MMM_GROUPS_JOBS_FOLDER")
    folder = Path(chosen) if chosen else platformdirs.user_data_path("mmm_groups") / "jobs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise no_room(folder, error) from error
    return folder


def no_room(folder: Path, error: OSError) -> JobError:
    """Says that long work cannot be kept in the folder, and what to do."""
    return JobError(
        f"Long work cannot be started: its folder {folder} cannot be written ({error.strerror or error}). Make room "
        "there, or let the app write to it; MMM_GROUPS_JOBS_FOLDER names another folder."
    )
