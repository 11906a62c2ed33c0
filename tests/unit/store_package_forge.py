#!/usr/bin/env python3
"""tests/unit/store_package_forge.py - makes wrong packages that look right: same kind of ZIP file, manifests made anew.

  store_package_forge.py IN OUT same                 nothing changed: must be the same bytes
  store_package_forge.py IN OUT remove PATH          a file less
  store_package_forge.py IN OUT add PATH             a file more
  store_package_forge.py IN OUT swap PATH PATH       two files change places
  store_package_forge.py IN OUT edit PATH OLD NEW    other words in a file
  store_package_forge.py IN OUT rename PATH PATH     a file under another name
Behind them "stale": the manifests stay as they were.
"""
import hashlib
import struct
import sys
import zipfile
import zlib


def read(path):
    with zipfile.ZipFile(path) as package:
        return [(i, i.filename.split("/", 1)[1], package.read(i)) for i in package.infolist()]


def manifest(files, wanted):
    return "".join("%s  %s\n" % (hashlib.sha256(data).hexdigest(), name) for _, name, data in files if wanted(name)).encode()


def put(files, name, data):
    return [(info, n, data if n == name else d) for info, n, d in files]


def seal(files):
    payload = [d for _, n, d in files if n.startswith("data/")]
    oxum = "Payload-Oxum: %d.%d\n" % (sum(map(len, payload)), len(payload))
    lines = next(d for _, n, d in files if n == "bag-info.txt").decode().splitlines(True)
    files = put(files, "bag-info.txt", "".join(oxum if l.startswith("Payload-Oxum") else l for l in lines).encode())
    files = put(files, "manifest-sha256.txt", manifest(files, lambda n: n.startswith("data/")))
    return put(files, "tagmanifest-sha256.txt", manifest(files, lambda n: not n.startswith("data/") and n != "tagmanifest-sha256.txt"))


def write(path, folder, files):
    out, directory = bytearray(), bytearray()
    for info, name, data in files:
        full = (folder + "/" + name).encode()
        flags = 8 | (0x800 if any(b > 127 for b in full) else 0)
        time = (info.date_time[3] << 11 | info.date_time[4] << 5 | info.date_time[5] // 2)
        date = ((info.date_time[0] - 1980) << 9 | info.date_time[1] << 5 | info.date_time[2])
        crc, at = zlib.crc32(data), len(out)
        out += struct.pack("<IHHHHHIIIHH", 0x04034B50, 10, flags, 0, time, date, 0, len(data), len(data), len(full), len(info.extra))
        out += full + info.extra + data + struct.pack("<IIII", 0x08074B50, crc, len(data), len(data))
        directory += struct.pack("<IBBHHHHHIIIHHHHHII", 0x02014B50, 10, 3, 10, flags, 0, time, date, crc, len(data), len(data), len(full),
                                 len(info.extra), 0, 0, 0, 0x81A40000, at) + full + info.extra
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(files), len(files), len(directory), len(out), 0)
    with open(path, "wb") as f:
        f.write(out + directory + end)


source, target, action, *words = sys.argv[1:]
stale = words[-1:] == ["stale"]
words = words[:-1] if stale else words
files = read(source)
folder = files[0][0].filename.split("/", 1)[0]
names = [n for _, n, _ in files]
assert all(w in names for w in words[:1]) or action == "add", words
if action == "remove":
    files = [f for f in files if f[1] != words[0]]
elif action == "add":
    files.append((files[-1][0], words[0], b"more\n"))
elif action == "swap":
    data = {n: d for _, n, d in files}
    files = put(put(files, words[0], data[words[1]]), words[1], data[words[0]])
elif action == "edit":
    old, new = words[1].encode(), words[2].encode()
    data = dict((n, d) for _, n, d in files)[words[0]]
    assert old in data, (old, data)
    files = put(files, words[0], data.replace(old, new))
elif action == "rename":
    files = [(i, words[1] if n == words[0] else n, d) for i, n, d in files]
write(target, folder, files if stale or action == "same" else seal(files))
