"""What aeon's own reader makes of the .ts files beside it: {file: [{"label", "dimensions": [[number or null]]}]}. Needs aeon."""
import json
import math
import pathlib
import tempfile

from aeon.datasets import load_from_tsfile


# aeon reads no comment and no blank line after @data.
def bare(text):
    at = text.lower().index("\n@data\n") + len("\n@data\n")
    return text[:at] + "".join(line + "\n" for line in text[at:].splitlines() if line.strip() != "" and line[0] not in "#%")


def rows(path):
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / path.name
        copy.write_text(bare(path.read_text(encoding="utf-8")), encoding="utf-8")
        cases, labels = load_from_tsfile(str(copy))
    for case, label in zip(cases, labels, strict=True):
        yield {
            "label": str(label).strip(),  # in lower case, as aeon has it
            "dimensions": [[None if math.isnan(value) else float(value) for value in dimension] for dimension in case],
        }


folder = pathlib.Path(__file__).parent
files = sorted(path for path in folder.glob("*.ts") if "TimeStamps" not in path.name)
print(json.dumps({path.name: list(rows(path)) for path in files}, indent=None))
