"""Reads a model.safetensors with nothing but the format's definition, rebuilds it from PyTorch's own layers, and prints logits.

usage: logits.py MODEL ROWS   (ROWS: a JSON list of sequences: tokens, or lists of components)
"""
import json
import struct
import sys

import torch
from torch import nn

with open(sys.argv[1], "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
shape = json.loads(header.pop("__metadata__")["architecture"])
weights = {}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    weights[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).reshape(entry["shape"])


class Model(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        rows, columns = weights["embedding.weight"].shape
        self.embedding = nn.Embedding(rows, columns) if tokens else nn.Linear(columns, rows)
        cell = {"lstm": nn.LSTM, "gru": nn.GRU}[shape["cell"]]
        setattr(self, shape["cell"], cell(shape["embedding"], shape["hidden"], shape["layers"]))
        units, classes = shape["headUnits"], weights["classifier.5.weight"].shape[0]
        self.classifier = nn.Sequential(
            nn.Linear(shape["hidden"], units), nn.ReLU(), nn.Linear(units, units), nn.ReLU(), nn.Dropout(shape["dropout"]), nn.Linear(units, classes))

    def forward(self, row):
        outputs, _ = getattr(self, shape["cell"])(self.embedding(row).unsqueeze(1))
        return self.classifier(outputs[-1, 0])


with open(sys.argv[2]) as file:
    rows = json.load(file)
model = Model(tokens=not isinstance(rows[0][0], list)).eval()
model.load_state_dict({name: value for name, value in weights.items() if not name.startswith("auxiliary.")})
with torch.no_grad():
    print(json.dumps([model(torch.tensor(row)).tolist() for row in rows]))
