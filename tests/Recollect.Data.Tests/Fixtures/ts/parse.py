"""An independent reading of the .ts files beside it: {file: [{"label", "dimensions": [[number or null]]}]}."""
import json
import math
import pathlib


def number(cell):
    cell = cell.strip()
    value = math.nan if cell == "?" else float(cell)
    return None if math.isnan(value) else value


def rows(text):
    names, in_data = [], False
    for line in text.splitlines():
        line = line.strip()
        if line == "" or line[0] in "#%":
            continue
        if not in_data:
            words = line.split()
            if words[0].lower() == "@classlabel":
                names = words[2:]
            in_data = words[0].lower() == "@data"
            continue
        *dimensions, label = line.split(":")
        yield {
            "label": next(name for name in names if name.lower() == label.strip().lower()),
            "dimensions": [[number(cell) for cell in dimension.split(",")] for dimension in dimensions],
        }


folder = pathlib.Path(__file__).parent
files = sorted(path for path in folder.glob("*.ts") if "TimeStamps" not in path.name)
print(json.dumps({path.name: list(rows(path.read_text(encoding="utf-8"))) for path in files}, indent=None))
