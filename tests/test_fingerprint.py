"""Fingerprints name files, jobs and documents that exist: these values must not change."""

from mmm_groups.fingerprint import fingerprint_of, fingerprint_of_values
from mmm_groups.jobs.job_queue import key_of
from mmm_groups.sentences import first_line, some_of


def test_fingerprints_are_those_of_earlier_versions() -> None:
    assert fingerprint_of("Büro") == fingerprint_of("Büro".encode())
    assert fingerprint_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert fingerprint_of_values({"b": [1, 2.5], "a": None}) == fingerprint_of('{"a": null, "b": [1, 2.5]}')
    assert key_of(["read", 1, None]) == fingerprint_of("['read', 1, None]")


def test_pieces_of_sentences() -> None:
    assert some_of(["a", "b"], 2) == "a, b"
    assert some_of(["a", "b", "c"], 2) == "a, b and 1 more"
    assert first_line(ValueError("Not that.\nBecause")) == "Not that"
    assert first_line(ValueError()) == "ValueError"
