"""The widgets' JavaScript, asked by tests in Node.js: modules that need no page."""

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
WIDGETS = ROOT / "mmm_groups" / "ui" / "widgets"


def node(*arguments: str, given: str = "") -> str:
    """What Node.js prints; `make test` says how to install it where it is missing."""
    done = subprocess.run(["node", *arguments], input=given, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_node(module: str, expression: str, given: object) -> Any:
    """The value of a JavaScript expression of `given` and `it`, a module by its path inside `mmm_groups/ui/widgets`."""
    script = f"""
        import {{ readFileSync }} from "node:fs"
        import * as it from {json.dumps((WIDGETS / module).as_uri())}
        const given = JSON.parse(readFileSync(0, "utf8"))
        process.stdout.write(JSON.stringify({expression}))
    """
    return json.loads(node("--input-type=module", "--eval", script, given=json.dumps(given)))
