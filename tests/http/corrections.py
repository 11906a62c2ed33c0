#!/usr/bin/env python3
"""tests/http/corrections.py - "did you mean": slips made by rule in parts of titles are put right, titles as they are stay.

    corrections.py [PATH-OF-hoso]      HOSO_SLIP_RECORDS: another list of records (JSON lines); HOSO_SLIPS: how many slips (500)

A slip that happens to be what another title says is none. Right is the title's own wording, marks included.
"""
import collections
import os
import random
import re
import sys
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403

SAMPLE = os.environ.get("HOSO_SLIP_RECORDS") or os.path.join(os.environ.get("HOSO_SAMPLE", ""), "records.jsonl")
SLIPS, TITLES = int(os.environ.get("HOSO_SLIPS", "500")), 2000
TONES = "\u0300\u0301\u0309\u0303\u0323"  # huyền sắc hỏi ngã nặng
NEIGHBOURS = {a: b for a, b in zip("qwertyuiopasdfghjklzxcvbnm", ["wa", "qe", "wr", "et", "ry", "tu", "yi", "uo", "ip", "o", "qs", "ad", "sf",
                                                                  "dg", "fh", "gj", "hk", "jl", "k", "x", "zc", "xv", "cb", "vn", "bm", "n"])}
TELEX_MARK = {"\u0302": None, "\u0306": "w", "\u031b": "w", "\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VNI_MARK = {"\u0302": "6", "\u0306": "8", "\u031b": "7", "\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5"}


def nfc(text):
    return unicodedata.normalize("NFC", text)


def nfd(text):
    return unicodedata.normalize("NFD", text)


def tone_of(word):
    return next((c for c in nfd(word) if c in TONES), "")


def letters_at(word, good):
    return [i for i, c in enumerate(word) if good(c)]


def wrong_tone(word, rng):
    tone, other = tone_of(word), rng.choice(TONES)
    if not tone or tone == other:
        return None
    return "".join(nfc(nfc(nfd(c).replace(tone, "")) + other) if tone in nfd(c) else c for c in nfc(word))


def missing_tone(word, rng):
    tone = tone_of(word)
    return nfc(nfd(word).replace(tone, "")) if tone else None


def wrong_letter(word, rng):
    at = letters_at(word, lambda c: c in NEIGHBOURS)
    if not at:
        return None
    i = rng.choice(at)
    return word[:i] + rng.choice(NEIGHBOURS[word[i]]) + word[i + 1:]


def missing_letter(word, rng):
    if len(word) < 4:
        return None
    i = rng.randrange(len(word))
    return word[:i] + word[i + 1:]


def doubled_letter(word, rng):
    i = rng.randrange(len(word))
    return word[:i] + word[i] + word[i:]


def swapped_letters(word, rng):
    if len(word) < 3:
        return None
    i = rng.randrange(len(word) - 1)
    return word[:i] + word[i + 1] + word[i] + word[i + 2:]


def keystrokes(word, rng):
    """As typed with the input method off: Telex or VNI, marks behind the word's letters."""
    telex, behind, out = rng.random() < 0.5, "", ""
    for c in nfd(word.replace("đ", "dd" if telex else "d9")):
        mark = (TELEX_MARK if telex else VNI_MARK).get(c, "")
        if mark is None:
            out += out[-1]
        elif mark and c in TONES:
            behind = mark
        else:
            out += mark or c
    return out + behind if out + behind != word else None


KINDS = [wrong_tone, missing_tone, wrong_letter, missing_letter, doubled_letter, swapped_letters, keystrokes, None]  # None: run together


def slip(words, rng):
    """One slip in one of the words; the name of its kind."""
    for _ in range(50):
        kind, i = rng.choice(KINDS), rng.randrange(len(words))
        if kind is None:
            if i + 1 < len(words):
                return words[:i] + [words[i] + words[i + 1]] + words[i + 2:], "run together"
            continue
        changed = kind(words[i], rng)
        if changed and changed != words[i]:
            return words[:i] + [changed] + words[i + 1:], kind.__name__.replace("_", " ")
    return None, None


def parts_of(titles, rng, count):
    """Runs of four to eight words without digits, each out of one title."""
    while count:
        words = re.findall(r"[^\W_]+", nfc(rng.choice(titles)).lower())
        length = rng.randint(4, 8)
        if len(words) < length:
            continue
        at = rng.randrange(len(words) - length + 1)
        part = words[at:at + length]
        if any(c.isdigit() for c in "".join(part)) or max(map(len, part)) < 3:
            continue
        count -= 1
        yield part


def asked(s, words):
    return s.get("/v1/search?limit=3&q=" + urllib.parse.quote(" ".join(words))).json


def test_slips(s, titles, said):
    rng = random.Random(20261201)
    right, made, kinds, wrong = 0, 0, collections.Counter(), []
    lost = collections.Counter()
    for part in parts_of(titles, rng, SLIPS):
        changed, kind = slip(part, rng)
        if changed and rng.random() < 0.3:
            again, second = slip(changed, rng)
            changed, kind = (again, f"{kind}, {second}") if again else (changed, kind)
        if not changed or " " + " ".join(changed) + " " in said:
            continue
        made += 1
        kinds[kind.split(",")[0]] += 1
        answer = asked(s, changed)
        suggestion = nfc(answer.get("suggestion") or "").lower()
        if suggestion == " ".join(part):
            right += 1
        else:
            lost[kind.split(",")[0]] += 1
            wrong.append((kind, " ".join(changed), suggestion, " ".join(part)))
    print(f"# {right} of {made} slips put right; not: " + ", ".join(f"{n} of {kinds[k]} {k}" for k, n in lost.most_common()))
    check(f"at least nine of ten slips are put right ({right} of {made})", made > SLIPS * 0.8 and right >= 0.9 * made, *wrong[:40])


def test_titles(s, titles):
    rng = random.Random(20261202)
    wrong = []
    for part in parts_of(titles, rng, TITLES):
        if rng.random() < 0.25:  # as many people type
            part = [c for c in nfd(" ".join(part)).replace("đ", "d") if not unicodedata.combining(c)]
            part = "".join(part).split()
        suggestion = asked(s, part).get("suggestion")
        if suggestion:
            wrong.append((" ".join(part), suggestion))
    check(f"of what a title says nothing else is suggested ({len(wrong)} of {TITLES})", len(wrong) <= TITLES / 100, *wrong[:20])


if not os.path.exists(SAMPLE):
    print(f"skipped: there is no list of records {SAMPLE!r} (HOSO_SAMPLE, HOSO_SLIP_RECORDS)")
    sys.exit(77)
with open(SAMPLE, encoding="utf-8") as lines:
    titles = [t for t in (json.loads(line).get("subject") for line in lines) if t]
with Service() as s:
    subprocess.run([BIN, "-a", s.archive, "ingest", SAMPLE], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    s.wait_searchable()
    test_slips(s, titles, " " + " ".join(" ".join(re.findall(r"[^\W_]+", nfc(t).lower())) + " ." for t in titles) + " ")
    test_titles(s, titles)
finish()
