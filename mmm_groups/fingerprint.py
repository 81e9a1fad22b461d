"""Fingerprints: equal values have equal ones, on every machine and in every version, so that kept work is found again.

Files, jobs and documents bear fingerprints: what is hashed here must not change.
"""

import json
from hashlib import sha256


def fingerprint_of(content: str | bytes) -> str:
    """SHA-256 of a text or of a file's content, in 64 hexadecimal digits."""
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def fingerprint_of_values(values: object) -> str:
    """Fingerprint of values in types of JSON; the order of keys does not count."""
    return fingerprint_of(json.dumps(values, sort_keys=True))
