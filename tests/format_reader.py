#!/usr/bin/env python3
"""Reads an archive by docs/FORMAT.md alone: Python's standard library, an LZ4 block decoder and a CRC-32C of its own.

    format_reader.py ARCHIVE [--extract DIR]

Prints one JSON line for each leaf, then one with the totals. Every sum, hash, leaf and root is checked; anything that
is not as the format says ends the program with status 1 and a sentence.
"""
import hashlib
import json
import os
import struct
import sys

OBJECT, CHUNK, LEAF, COMMIT, DICT, MARK, FOOTER = range(1, 8)
LIMITS = {OBJECT: 64 << 20, CHUNK: 1 << 20, LEAF: 8 << 20, COMMIT: 0, DICT: 64 << 10, MARK: 0, FOOTER: 1 << 30}


class Wrong(Exception):
    pass


def need(condition, message, *args):
    if not condition:
        raise Wrong(message % args)


def make_crc_tables():
    first = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        first.append(value)
    return first


CRC_TABLE = make_crc_tables()


def crc32c(data, crc=0):
    table, crc = CRC_TABLE, crc ^ 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283


def sha256(*parts):
    h = hashlib.sha256()
    for part in parts:
        h.update(part)
    return h.digest()


def lz4_block(data, size, dictionary=b""):
    out, at = bytearray(dictionary), 0
    start = len(out)

    def length(nibble):
        nonlocal at
        total = nibble
        while nibble == 15:
            byte = data[at]
            at += 1
            total += byte
            if byte != 255:
                break
        return total

    try:
        while at < len(data):
            token = data[at]
            at += 1
            literals = length(token >> 4)
            need(at + literals <= len(data), "an LZ4 block ends in its literals")
            out += data[at:at + literals]
            at += literals
            if at == len(data):
                break
            distance = data[at] | data[at + 1] << 8
            at += 2
            match = length(token & 15) + 4
            need(0 < distance <= len(out), "an LZ4 match reaches before the beginning")
            for _ in range(match):
                out.append(out[-distance])
    except IndexError:
        raise Wrong("an LZ4 block is cut off")
    need(len(out) - start == size, "an LZ4 block gives %d bytes instead of %d", len(out) - start, size)
    return bytes(out[start:])


class Frame:
    def __init__(self, data, at, seed):
        need(at + 56 <= len(data), "no frame at %d", at)
        head = data[at:at + 56]
        (magic, self.type, version, self.codec, self.flags, self.ordinal, self.dict_ordinal, self.sequence, self.batch,
         d, a, self.stored, self.raw, content_crc, header_crc) = struct.unpack("<4sBBBBIIQQIIIIII", head)
        seed = crc32c(seed + struct.pack("<Q", at))
        need(magic == b"hFR1" and version == 1 and header_crc == crc32c(head[:52], seed), "no valid frame header at %d", at)
        need(self.type in LIMITS and self.raw <= LIMITS[self.type] and self.stored <= self.raw, "frame at %d breaks a limit", at)
        length = d + a + self.stored
        padded = (length + 7) // 8 * 8
        content = data[at + 56:at + 56 + padded]
        need(len(content) == padded and content_crc == crc32c(content, seed), "bad content sum at %d", at)
        need(not any(content[length:]), "padding at %d is not zero", at)
        self.at, self.end, self.seed = at, at + 56 + padded, seed
        self.descriptor, self.annex, self.body = content[:d], content[d:d + a], content[d + a:length]
        self.destroyed = bool(self.flags & 1)


class Archive:
    def __init__(self, path):
        self.path = path
        self.read_format()
        self.segments, self.frames, self.objects, self.leaves = {}, {}, {}, []
        self.root, self.tree_size = sha256(), 0
        self.read_segments()

    def read_format(self):
        with open(os.path.join(self.path, "FORMAT"), "rb") as f:
            text = f.read()
        lines = text.split(b"\n")
        need(len(lines) == 5 and lines[4] == b"", "FORMAT does not have four lines")
        words = lines[0].split(b" ")
        need(words[:2] == [b"hoso", b"archive"] and words[2] == b"1", "not an archive of format 1")
        self.id = bytes.fromhex(lines[1].removeprefix(b"id ").decode())
        self.origin = lines[2].removeprefix(b"origin ").decode()
        covered = b"\n".join(lines[:3]) + b"\n"
        need(lines[3] == b"crc32c %08x" % crc32c(covered), "FORMAT has a wrong sum")

    def read_segments(self):
        names = sorted(os.listdir(os.path.join(self.path, "segments")))
        numbers = [int(name[:-4], 16) for name in names if name.endswith(".seg")]
        need(numbers == list(range(1, len(numbers) + 1)), "segments are missing: %s", numbers)
        peaks = []      # (level, hash): the frontier of the tree
        pending, sequence, batch, in_tree = [], 0, 0, 0
        for number in numbers:
            with open(os.path.join(self.path, "segments", "%08x.seg" % number), "rb") as f:
                data = f.read()
            head = data[:64]
            (magic, version, length, own, archive, first, _, generation) = struct.unpack("<8sHHI16sQQI", head[:52])
            need(magic == b"HOSOSEG\n" and version == 1 and length == 64 and own == number and archive == self.id,
                 "segment %d has a wrong header", number)
            need(crc32c(head[:60]) == struct.unpack("<I", head[60:])[0], "segment %d: header sum", number)
            need(first == sequence, "segment %d starts at %d instead of %d", number, first, sequence)
            seed = self.id + struct.pack("<II", number, generation)
            at, ordinal, offsets, leaf_ordinals = 64, 0, [], []
            while at < len(data):
                try:
                    frame = Frame(data, at, seed)
                except Wrong:
                    need(number == numbers[-1], "segment %d is damaged at %d", number, at)
                    break   # behind the last commit: a write that was cut off
                need(frame.ordinal == ordinal, "frame %d of segment %d has ordinal %d", ordinal, number, frame.ordinal)
                at = frame.end
                if frame.type == FOOTER:
                    self.check_footer(frame, number, first, offsets, leaf_ordinals, peaks, in_tree)
                    self.check_trailer(data, at, frame, number, generation)
                    break
                need(frame.batch == batch + 1, "frame %d of segment %d belongs to batch %d", ordinal, number, frame.batch)
                self.frames[number, ordinal] = frame
                offsets.append(frame.at // 8)
                ordinal += 1
                if frame.type == OBJECT and not frame.destroyed:
                    pending.append(("object", number, frame))
                elif frame.type == LEAF:
                    need(frame.sequence == sequence, "leaf %d stands where %d should", frame.sequence, sequence)
                    leaf_ordinals.append(frame.ordinal)
                    pending.append(("leaf", number, frame))
                    add_leaf(peaks, sha256(b"\0", frame.descriptor))
                    sequence += 1
                    in_tree += 1
                elif frame.type == DICT:
                    need(sha256(frame.body) == frame.descriptor, "a dictionary does not have its hash")
                elif frame.type == COMMIT:
                    (commit_batch, _, size) = struct.unpack("<QQQ", frame.descriptor[:24])
                    need(commit_batch == frame.batch and size == sequence, "commit at %d of segment %d", frame.at, number)
                    need(frame.descriptor[24:56] == root_of(peaks), "the root of %d leaves is another one", size)
                    self.root, self.tree_size, batch = frame.descriptor[24:56], size, commit_batch
                    for kind, where, item in pending:
                        if kind == "object":
                            self.objects.setdefault(item.descriptor[:32], (where, item))
                        else:
                            self.leaves.append((where, item))
                    pending = []

    @staticmethod
    def check_footer(frame, number, first, offsets, leaf_ordinals, peaks, size):
        d = frame.descriptor
        (frames, leaves, _, _, own_first, _, _, total, _, crc) = struct.unpack("<IIIIQQQQII", d[:56])
        need(crc == crc32c(d[56:], crc32c(d[:52], frame.seed)), "segment %d: footer descriptor", number)
        need((frames, leaves, own_first, total) == (len(offsets), len(leaf_ordinals), first, size), "segment %d: footer counts", number)
        need(frame.body == struct.pack("<%dI" % (frames + leaves), *offsets, *leaf_ordinals), "segment %d: footer tables", number)
        need(d[56:] == b"".join(h for _, h in peaks), "segment %d: frontier", number)

    def check_trailer(self, data, at, footer, number, generation):
        need(len(data) == at + 32, "segment %d goes on behind its trailer", number)
        t = data[at:]
        seed = self.id + struct.pack("<IIQ", number, generation, at)
        need(t[:8] == b"HOSOEND\n" and struct.unpack("<QIII", t[8:28]) == (footer.at, number, generation, 0) and
             struct.unpack("<I", t[28:])[0] == crc32c(seed + t[:28]), "segment %d: trailer", number)

    def unpack(self, number, frame):
        need(not frame.destroyed, "the body at %d was destroyed", frame.at)
        if frame.codec == 0:
            return frame.body
        dictionary = b""
        if frame.codec == 2:
            holder = self.frames.get((number, frame.dict_ordinal))
            need(holder is not None and holder.type == DICT, "frame at %d names no dictionary", frame.at)
            dictionary = holder.body
        return lz4_block(frame.body, frame.raw, dictionary)

    def object(self, digest):
        need(digest in self.objects, "object %s is missing", digest.hex())
        number, frame = self.objects[digest]
        size, chunks = struct.unpack("<QI", frame.descriptor[32:44])
        body = self.unpack(number, frame)
        if chunks:
            parts = []
            for i in range(0, len(body), 12):
                segment, ordinal, count = struct.unpack("<III", body[i:i + 12])
                for k in range(ordinal, ordinal + count):
                    chunk = self.frames[segment, k]
                    need(chunk.type == CHUNK and chunk.descriptor == digest + struct.pack("<Q", len(parts) << 20), "chunk %d", k)
                    parts.append(self.unpack(segment, chunk))
            need(len(parts) == chunks, "an object has %d chunks instead of %d", len(parts), chunks)
            body = b"".join(parts)
        need(len(body) == size and sha256(body) == digest, "object %s has other bytes", digest.hex())
        return body

    def records(self):
        for number, frame in self.leaves:
            d = frame.descriptor
            (magic, kind, operation, key_len, version, object_count, sequence, time, previous) = struct.unpack("<4sBBHIIQQQ", d[:40])
            need(magic == b"hsl1" and len(d) == 136 + key_len and sequence == frame.sequence, "leaf %d", frame.sequence)
            key = d[136:].decode("utf-8")
            if previous != 2 ** 64 - 1:
                need(d[40:72] == sha256(b"\0", self.leaves[previous][1].descriptor), "leaf %d names another predecessor", sequence)
            record = {"sequence": sequence, "kind": kind, "operation": operation, "key": key, "version": version, "time": time,
                      "leaf": sha256(b"\0", d).hex()}
            if frame.destroyed:
                yield record | {"destroyed": True}, None, []
                continue
            payload = self.unpack(number, frame)
            need(sha256(payload) == d[72:104] and len(payload) == struct.unpack("<Q", d[104:112])[0], "payload of leaf %d", sequence)
            fields = json.loads(payload)
            need(len(bytes.fromhex(fields.pop("salt"))) == 16, "salt of leaf %d", sequence)
            objects = fields.pop("objects")
            need(len(objects) == object_count, "objects of leaf %d", sequence)
            contents = [self.object(bytes.fromhex(o["sha256"])) for o in objects]
            need(all(len(c) == o["size"] for c, o in zip(contents, objects)), "sizes in leaf %d", sequence)
            cases, rest = [], frame.annex
            while rest:
                cases.append(rest[1:1 + rest[0]].decode("utf-8"))
                rest = rest[1 + rest[0]:]
            yield record | {"metadata": fields, "objects": objects, "cases": cases}, payload, contents


def add_leaf(peaks, value):
    level = 0
    while peaks and peaks[-1][0] == level:
        value = sha256(b"\1", peaks.pop()[1], value)
        level += 1
    peaks.append((level, value))


def root_of(peaks):
    if not peaks:
        return sha256()
    root = peaks[-1][1]
    for _, left in reversed(peaks[:-1]):
        root = sha256(b"\1", left, root)
    return root


def main():
    arguments = sys.argv[1:]
    target = None
    if "--extract" in arguments:
        at = arguments.index("--extract")
        target = arguments[at + 1]
        del arguments[at:at + 2]
        os.makedirs(target, exist_ok=True)
    try:
        archive, count = Archive(arguments[0]), 0
        for record, payload, contents in archive.records():
            print(json.dumps(record, ensure_ascii=False))
            count += 1
            for i, content in enumerate(contents if target else []):
                with open(os.path.join(target, "%d-%d" % (record["sequence"], i)), "wb") as f:
                    f.write(content)
        need(count == archive.tree_size, "%d leaves instead of %d", count, archive.tree_size)
        print(json.dumps({"tree_size": archive.tree_size, "root": archive.root.hex(), "objects": len(archive.objects)}))
    except Wrong as wrong:
        sys.exit("format_reader: %s" % wrong)


if __name__ == "__main__":
    main()
