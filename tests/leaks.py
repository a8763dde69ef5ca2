"""leaks.py SECRETS PATH…: looks for what must not be there in every byte, and in every
file's name, below PATH. Prints a line a find, without what was found.

SECRETS: a folder; each file in it is a secret, named by where it was planted. Text is
sought without regard to capitals, also as UTF-16, hexadecimal and base64, and PDF and
zip streams are unpacked; of a file *.bin, windows of 48 bytes are sought as they are."""
import base64
import os
import re
import sys
import zlib


def forms_of(text):
    """Patterns of one secret in clear text."""
    loose = b'[\x00 .-]?'.join(re.escape(bytes([c])) for c in text.lower())
    yield loose
    for variant in {text, text.lower(), text.upper(), text.title()}:
        yield re.escape(variant.hex().encode())
        for shift in range(3):
            code = base64.b64encode(b'\0' * shift + variant)
            yield re.escape(code[(0, 2, 3)[shift]:-4].lower())


def load(folder):
    texts, windows = [], []
    for name in sorted(os.listdir(folder)):
        data = open(os.path.join(folder, name), 'rb').read()
        if name.endswith('.bin'):
            step = max(len(data) // 64, 48)
            windows += [(name, data[at:at + 48]) for at in range(len(data) // 8, len(data) - 48, step)
                        if len(set(data[at:at + 48])) > 20]
        else:
            pattern = b'|'.join(forms_of(data.strip()))
            texts.append((name, re.compile(pattern, re.S)))
    return texts, windows


def unpacked(data):
    """What deflate hides, wherever a stream begins."""
    for found in re.finditer(rb'\x78[\x01\x5e\x9c\xda]', data):
        try:
            yield zlib.decompressobj().decompress(data[found.start():], 1 << 26)
        except zlib.error:
            pass


def look(where, data, secrets):
    texts, windows = secrets
    small = data.lower()
    for name, pattern in texts:
        if pattern.search(small):
            print(f'{where}: {name}')
    for name, window in windows:
        if window in data:
            print(f'{where}: {name}')
            break


secrets = load(sys.argv[1])
assert secrets[0]
for root in sys.argv[2:]:
    paths = [root] if os.path.isfile(root) else [
        os.path.join(folder, file) for folder, _, files in os.walk(root) for file in files]
    if os.path.isdir(root):
        look('names below ' + root, '\n'.join(
            os.path.relpath(os.path.join(folder, file), root)
            for folder, folders, files in os.walk(root) for file in files + folders
        ).encode(), secrets)
    for path in paths:
        data = open(path, 'rb').read()
        look(path, data, secrets)
        if len(data) < 1 << 24:
            for number, inner in enumerate(unpacked(data)):
                look(f'{path} (stream {number})', inner, secrets)
