"""fewer.py IN.png OUT.png: a picture of a screen with a palette of 256 colours, which takes about a third
of the place. Colours that are seen often stay as they are; others become the nearest of these."""
import collections
import struct
import sys
import zlib

SIGNATURE = b'\x89PNG\r\n\x1a\n'
COLOURS = 256


def chunks(data):
    at = len(SIGNATURE)
    while at < len(data):
        size, = struct.unpack('>I', data[at:at + 4])
        yield data[at + 4:at + 8], data[at + 8:at + 8 + size]
        at += 12 + size


def unfilter(raw, width, height, step):
    stride, before, at = width * step, bytearray(width * step), 0
    for _ in range(height):
        kind, line = raw[at], bytearray(raw[at + 1:at + 1 + stride])
        at += 1 + stride
        for i in range(stride):
            a = line[i - step] if i >= step else 0
            b = before[i]
            if kind == 1:
                line[i] = (line[i] + a) & 255
            elif kind == 2:
                line[i] = (line[i] + b) & 255
            elif kind == 3:
                line[i] = (line[i] + (a + b) // 2) & 255
            elif kind == 4:
                c = before[i - step] if i >= step else 0
                p, q, r = abs(b - c), abs(a - c), abs(a + b - 2 * c)
                line[i] = (line[i] + (a if p <= q and p <= r else b if q <= r else c)) & 255
        yield line
        before = line


def pixels(path):
    data = open(path, 'rb').read()
    parts = list(chunks(data))
    width, height, depth, kind = struct.unpack('>IIBB', parts[0][1][:10])
    step = {2: 3, 6: 4}[kind]
    assert depth == 8
    raw = zlib.decompress(b''.join(body for name, body in parts if name == b'IDAT'))
    return width, height, [[tuple(line[i:i + 3]) for i in range(0, len(line), step)]
                           for line in unfilter(raw, width, height, step)]


def palette(lines):
    counts = collections.Counter(colour for line in lines for colour in line)
    chosen = [colour for colour, _ in counts.most_common(COLOURS // 2)]
    coarse = collections.Counter()  # the rest: one for each part of the cube that is much used
    for colour, n in counts.items():
        if colour not in chosen:
            coarse[tuple(c & 0xF0 | 8 for c in colour)] += n
    chosen += [colour for colour, _ in coarse.most_common(COLOURS - len(chosen))]
    nearest = {}
    for colour in counts:
        nearest[colour] = min(range(len(chosen)), key=lambda i: sum((a - b) ** 2 for a, b in zip(colour, chosen[i])))
    return chosen, nearest


def chunk(name, body):
    return struct.pack('>I', len(body)) + name + body + struct.pack('>I', zlib.crc32(name + body))


width, height, lines = pixels(sys.argv[1])
chosen, nearest = palette(lines)
rows = b''.join(b'\0' + bytes(nearest[colour] for colour in line) for line in lines)
with open(sys.argv[2], 'wb') as out:
    out.write(SIGNATURE + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 3, 0, 0, 0)) +
              chunk(b'PLTE', b''.join(bytes(colour) for colour in chosen)) +
              chunk(b'IDAT', zlib.compress(rows, 9)) + chunk(b'IEND', b''))
