#!/usr/bin/python3
"""Trains the classifier of marks and writes its weights as C.

    classifier.py [--epochs N] [--seed N] [--save NET] [--load NET [--hard]]
                  --weights src/read/classifier_weights.inc FILE…

FILE: records of tool-mark-samples (tuning and hard sets; the report set has none).
Every tenth file of forms is kept apart: what is printed at the end was measured on
these, with the rounded weights. --hard goes on with a net that was trained before and
spends its time on what that net is not sure of: of the boxes it is sure and right about
it takes every fourth, which then counts four times. Needs python3-torch; see
`make classifier`.
"""
import argparse
import numpy as np
import torch
from torch import nn

N = 48
RECORD = np.dtype([("file", "<i4"), ("meaning", "<i4"), ("rules", "<i4"),
                   ("habit", "<f4", 3), ("score", "<f4"), ("overrun", "<f4"),
                   ("ink", "u1", N * N), ("kind", "u1", N * N)])
SCALE = 512  # weights are multiples of 1/512
APART = 10
TEXTURE = 16  # as src/read/view.c
SURE = 0.9995  # of what the pen meant: nothing more to learn from
EASY = 4  # one of so many boxes like that is taken


class Net(nn.Module):
    """Four convolutions that halve the view, two dense layers. Keep in step with
    src/read/classifier.c."""

    def __init__(self, norm):
        super().__init__()
        shapes = ((3, 8), (8, 16), (16, 24), (24, 24))
        self.conv = nn.ModuleList([nn.Conv2d(a, b, 3, stride=2, padding=1)
                                   for a, b in shapes])
        self.norm = nn.ModuleList([nn.BatchNorm2d(b) if norm else nn.Identity()
                                   for _, b in shapes])
        self.dense = nn.Linear(24 * 3 * 3 + 3, 24)
        self.out = nn.Linear(24, 3)

    def forward(self, view, habit):
        x = view
        for layer, norm in zip(self.conv, self.norm):
            x = torch.relu(norm(layer(x)))
        x = x.permute(0, 2, 3, 1).flatten(1)  # row, column, channel: as the C code
        x = torch.cat([x, habit], 1)
        return self.out(torch.relu(self.dense(x)))


def habits(records):
    h = records["habit"]
    return torch.tensor(np.stack([np.minimum(h[:, 0], 12) / 12, h[:, 1],
                                  np.minimum(h[:, 2], 4) / 4], 1), dtype=torch.float32)


def views(records):
    ink = records["ink"].reshape(-1, N, N).astype(np.float32)
    ink = torch.from_numpy(np.where(ink < TEXTURE, 0, ink)) / 255
    kind = torch.from_numpy(records["kind"].reshape(-1, N, N).copy())
    return torch.stack([ink, (kind == 1).float(), (kind == 2).float()], 1)


def vary(view, rng):
    """Other pens, other machines: fainter or darker, noisier, a sample aside."""
    ink = view[:, :1]
    n = len(view)
    gain = 0.75 + 0.4 * torch.rand(n, 1, 1, 1, generator=rng)
    gamma = 0.8 + 0.4 * torch.rand(n, 1, 1, 1, generator=rng)
    ink = (ink.clamp(min=1e-4) ** gamma) * gain
    sigma = 0.05 * torch.rand(n, 1, 1, 1, generator=rng)
    ink = ink + sigma * torch.randn(ink.shape, generator=rng)
    ink = torch.where(torch.rand(n, 1, 1, 1, generator=rng) < 0.2,
                      nn.functional.avg_pool2d(ink, 3, 1, 1), ink)
    ink = torch.where(ink < TEXTURE / 255, torch.zeros(()), ink)
    view = torch.cat([ink.clamp(0, 1), view[:, 1:]], 1)
    dx, dy = (int(torch.randint(-1, 2, (1,), generator=rng)) for _ in range(2))
    return torch.roll(view, (dy, dx), (2, 3))


def run(net, records, batch=2000):
    out = []
    with torch.no_grad():
        for i in range(0, len(records), batch):
            part = records[i:i + batch]
            out.append(torch.softmax(net(views(part), habits(part)), 1))
    return torch.cat(out).numpy()


def rounded(net):
    """The same net with the normalisation folded into the weights, and these rounded."""
    plain = Net(norm=False)
    with torch.no_grad():
        for to, layer, norm in zip(plain.conv, net.conv, net.norm):
            factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            to.weight.copy_(layer.weight * factor[:, None, None, None])
            to.bias.copy_((layer.bias - norm.running_mean) * factor + norm.bias)
        for to, layer in ((plain.dense, net.dense), (plain.out, net.out)):
            to.load_state_dict(layer.state_dict())
        for p in plain.parameters():
            p.copy_(torch.round(p * SCALE).clamp(-32767, 32767) / SCALE)
    return plain.eval()


def table(name, values):
    numbers = [str(int(v)) for v in values]
    lines, line = [], "   "
    for number in numbers:
        if len(line) + len(number) + 2 > 88:
            lines.append(line)
            line = "   "
        line += " " + number + ","
    lines.append(line)
    return "static const int16_t %s[%d] = {\n%s\n};\n" % (name, len(numbers),
                                                        "\n".join(lines))


def export(net, path, comment):
    parts = ["/* Weights of the classifier, in 1/%d. Written by tests/train/classifier.py,\n"
             " * never by hand.\n *\n%s */\n" % (SCALE, comment)]
    for i, layer in enumerate(net.conv):
        # row, column, channel in, channel out: the innermost loop runs over `out`
        w = layer.weight.detach().permute(2, 3, 1, 0).flatten().numpy()
        parts.append(table("conv%d_weights" % (i + 1), np.rint(w * SCALE)))
        parts.append(table("conv%d_bias" % (i + 1),
                           np.rint(layer.bias.detach().numpy() * SCALE)))
    for name, layer in (("dense", net.dense), ("out", net.out)):
        parts.append(table(name + "_weights",
                           np.rint(layer.weight.detach().t().flatten().numpy() * SCALE)))
        parts.append(table(name + "_bias",
                           np.rint(layer.bias.detach().numpy() * SCALE)))
    with open(path, "w") as f:
        f.write("\n".join(parts))


def dwell(net, records, seed):
    """The records that @net still learns from, a share of the others, and what each
    counts."""
    p = run(net.eval(), records)[np.arange(len(records)), records["meaning"]]
    hard = p < SURE
    keep = hard | (np.random.RandomState(seed).rand(len(records)) < 1 / EASY)
    print("%d boxes to dwell on, %d taken of %d" % (hard.sum(), keep.sum(), len(keep)))
    return records[keep], np.where(hard, 1, EASY).astype(np.float32)[keep]


def curve(records, p):
    """Decisions and errors by the doubt that is sent to a person."""
    lines = []
    meaning, got = records["meaning"], p.argmax(1)
    for limit in (0.9, 0.97, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999):
        sure = p.max(1) >= limit
        wrong = sure & (got != meaning)
        lines.append(" * p >= %-6g  %6.2f %% of inked boxes undecided, %d wrong of %d\n"
                     % (limit, 100 * (1 - sure.mean()), wrong.sum(), len(p)))
    return "".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--weights", required=True)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save")
    parser.add_argument("--load")
    parser.add_argument("--hard", action="store_true")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = torch.Generator().manual_seed(options.seed)
    records = np.concatenate([np.fromfile(f, RECORD) for f in options.files])
    apart = records["file"] % APART == 0
    train, test = records[~apart], records[apart]
    print("%d boxes to learn from, %d apart" % (len(train), len(test)))
    learned = len(train)
    counts = np.ones(len(train), np.float32)
    net = Net(norm=True)
    if options.load:
        net.load_state_dict(torch.load(options.load))
    if options.hard:
        train, counts = dwell(net, train, options.seed)
        net.train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-4)
    batch = 256
    steps = options.epochs * (len(train) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps + 1)
    for epoch in range(options.epochs):
        order = torch.randperm(len(train), generator=rng).numpy()
        total = 0.0
        for i in range(0, len(train) - batch + 1, batch):
            part = train[order[i:i + batch]]
            logits = net(vary(views(part), rng), habits(part))
            loss = nn.functional.cross_entropy(
                logits, torch.from_numpy(part["meaning"].astype(np.int64)),
                reduction="none")
            loss = (loss * torch.from_numpy(counts[order[i:i + batch]])).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        net.eval()
        p = run(net, test)
        net.train()
        print("epoch %d: loss %.4f, apart: %.3f %% wrong" % (
            epoch + 1, total * batch / len(train),
            100 * (p.argmax(1) != test["meaning"]).mean()), flush=True)
    if options.save:
        torch.save(net.state_dict(), options.save)
    net = rounded(net.eval())
    p = run(net, test)
    text = curve(test, p)
    print(text)
    export(net, options.weights, " * %d boxes; of %d others:\n" % (learned, len(test)) + text)


if __name__ == "__main__":
    main()
