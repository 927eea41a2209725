"""`results.json`: the figures the scripts reach."""

from __future__ import annotations

import json
from pathlib import Path

PATH = Path(__file__).parent / "results.json"


def record(section: str, figures: dict[str, object]) -> None:
    """Write one section of the figures file, keeping the others."""
    results = json.loads(PATH.read_text()) if PATH.exists() else {}
    results[section] = figures
    PATH.write_text(json.dumps(dict(sorted(results.items())), indent=2) + "\n")
    print(section, json.dumps(figures, indent=2), flush=True)
