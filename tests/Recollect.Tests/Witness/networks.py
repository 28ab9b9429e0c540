"""Makes networks of PyTorch's own layers with random weights, saves each as the safetensors of its state_dict(), and prints what it says of random sequences.

usage: networks.py FOLDER   (prints a JSON list of cases: file, cell, layers, tokens, head, names, rows, logits)
"""
import json
import random
import struct
import sys

import torch
from torch import nn

EMBEDDING, HIDDEN, UNITS, CLASSES, COMPONENTS = 6, 9, 11, 3, 2
TYPES = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16"}


def save(path, weights):
    """The format by its definition: the header's length, the header, the tensors one after the other."""
    header, data = {}, b""
    for name, value in sorted(weights.items()):
        raw = bytes(value.detach().contiguous().view(torch.uint8).flatten().tolist())
        header[name] = {"dtype": TYPES[value.dtype], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Network(nn.Module):
    """As somebody would write it who never heard of Recollect."""

    def __init__(self, cell, layers, tokens, head):
        super().__init__()
        self.embed = nn.Embedding(256, EMBEDDING) if tokens else nn.Linear(COMPONENTS, EMBEDDING)
        self.rnn = {"lstm": nn.LSTM, "gru": nn.GRU}[cell](EMBEDDING, HIDDEN, layers, batch_first=True)
        sizes = {1: [HIDDEN], 2: [HIDDEN, UNITS], 3: [HIDDEN, UNITS, UNITS]}[head] + [CLASSES]
        linear = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
        for place, layer in enumerate(linear):
            setattr(self, f"fc{place + 1}", layer)
        self.head = head

    def forward(self, row):
        x = self.rnn(self.embed(row.unsqueeze(0)))[0][:, -1]
        for place in range(1, self.head):
            x = torch.relu(getattr(self, f"fc{place}")(x))
        return getattr(self, f"fc{self.head}")(x)[0]


def case(number, cell, layers, tokens, head=3, dtype=torch.float32, prefix=""):
    network = Network(cell, layers, tokens, head)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2)  # so that gates move
    network.to(dtype)
    path = f"{sys.argv[1]}/network{number}.safetensors"
    save(path, {prefix + name: value for name, value in network.state_dict().items()})
    network.double()  # what the file holds, without rounding
    lengths = [random.randint(1, 40) for _ in range(8)]
    rows = [[random.randrange(256) for _ in range(n)] if tokens else torch.randn(n, COMPONENTS).tolist() for n in lengths]
    with torch.no_grad():
        logits = [network(torch.tensor(row) if tokens else torch.tensor(row).double()).tolist() for row in rows]
    places = {1: [5], 2: [0, 5], 3: [0, 2, 5]}[head]
    names = {"embed": "embedding", "rnn": cell, **{f"fc{i + 1}": f"classifier.{place}" for i, place in enumerate(places)}}
    return {"file": path, "cell": cell, "layers": layers, "tokens": tokens, "head": head, "names": names, "rows": rows, "logits": logits}


torch.manual_seed(1)
random.seed(1)
shapes = [dict(cell=cell, layers=layers, tokens=tokens) for cell in ("lstm", "gru") for layers in (1, 2, 3) for tokens in (True, False)]
shapes += [dict(cell="lstm", layers=1, tokens=True, head=1), dict(cell="gru", layers=2, tokens=False, head=2, prefix="module.")]
shapes += [dict(cell="gru", layers=1, tokens=True, dtype=dtype, prefix="model.") for dtype in (torch.float64, torch.float16, torch.bfloat16)]
print(json.dumps([case(number, **shape) for number, shape in enumerate(shapes)]))
