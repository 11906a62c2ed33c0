#!/usr/bin/env python3
"""tests/http/phrases.py - phrases first: the order of answers against a plain reading of all texts.   phrases.py [PATH-OF-hoso]

Phrases of two to five syllables are drawn from the titles of the records, with their accents and without. Every record is
read by this file's own rules, a few lines of Python that know nothing of the index: does it have the phrase as typed, with
accents apart, or not? Then the answer to the phrase in mode auto is read page after page:

  order     no record stands before one that has the phrase better
  missing   no record without the phrase is shown while one that has it was not
  label     "phrase" and "phrase-without-accents" say what the plain reading says
  twice     no record comes twice

Then titles are asked as they are, in quotes and without: their record comes first and says "phrase", however long they are.

  HOSO_SAMPLE           the sample's folder with records.jsonl (script/test makes it)
  HOSO_PHRASE_RECORDS   other records, JSON lines (.zst too), for a campaign
  HOSO_PHRASES          how many phrases (300), HOSO_TITLES (100), HOSO_SEED, HOSO_PHRASE_PAGES (3 pages of 20)
"""
import json
import os
import random
import re
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403

TONES = "\u0300\u0301\u0303\u0309\u0323"
BREAKS = re.compile(r"[.,;:!?()\[\]{}\"“”…]|\n[ \t\r]*\n")
WORD = re.compile(r"[^\W_]+")


def key(word):
    """A syllable with its tone behind it: hòa and hoà are one."""
    parts = unicodedata.normalize("NFD", word.lower())
    tone = "".join(c for c in parts if c in TONES)
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in TONES)) + tone


def fold(word):
    parts = unicodedata.normalize("NFD", word.lower().replace("đ", "d").replace("ð", "d"))
    bare = "".join(c for c in parts if not unicodedata.combining(c))
    return re.sub(r"(?<=[bcdghklmnprstvx])y$", "i", bare)


def plain(text):
    return key(text) == text.lower() and fold(text) in (text.lower(), re.sub("y$", "i", text.lower()))


def texts_of(record):
    """All that a search without a field name looks at."""
    for value in record.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from texts_of(dict(enumerate(value)))
        elif isinstance(value, dict):
            yield from texts_of(value)


class Reading:
    """A record as runs of words between punctuation."""

    def __init__(self, record):
        self.runs = []
        for text in texts_of(record):
            text = unicodedata.normalize("NFC", text.replace("\u200b", "").replace("\u00ad", ""))
            for run in BREAKS.split(text):
                words = WORD.findall(run)
                if len(words) > 1:
                    self.runs.append((" " + " ".join(map(fold, words)) + " ", words))

    def grade(self, phrase):
        """0 as typed, 1 typed without marks and found with some, 2 typed with marks and found without, 3 not at all."""
        wanted = " " + " ".join(map(fold, phrase)) + " "
        best = 3
        for folded, words in self.runs:
            if wanted not in folded:
                continue
            folds = folded.split()
            for at in range(len(folds) - len(phrase) + 1):
                if folds[at:at + len(phrase)] == wanted.split():
                    best = min(best, max(grade_word(a, b) for a, b in zip(phrase, words[at:])))
        return best


def grade_word(typed, found):
    if key(typed) == key(found):
        return 0
    if plain(typed):
        return 1
    return 2 if plain(found) else 3


def draw_phrases(records, count, rng):
    titles = [r.get("subject") or r.get("title") or "" for r in records]
    runs = [WORD.findall(run) for title in titles for run in BREAKS.split(unicodedata.normalize("NFC", title))]
    runs = [[w for w in run] for run in runs if len(run) > 1]
    seen, out = set(), []
    for _ in range(60 * count):
        if len(out) >= count:
            break
        run, length = rng.choice(runs), rng.randint(2, 5)
        if len(run) < length:
            continue
        at = rng.randrange(len(run) - length + 1)
        phrase = run[at:at + length]
        if len(out) % 2:
            phrase = [unaccented(w) for w in phrase]
        text = " ".join(phrase).lower()
        if text not in seen and all(w.isalpha() and len(w) < 8 for w in phrase) and not text.endswith((" gi", " nao", " gì", " nào")):
            seen.add(text)
            out.append(text.split())
    return out


def unaccented(word):
    parts = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def load(path):
    if path.endswith(".zst"):
        lines = subprocess.run(["zstd", "-dc", path], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")
    else:
        lines = open(path, encoding="utf-8").read().split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def answer_of(s, phrase, pages):
    hits, cursor = [], ""
    for _ in range(pages):
        page = s.get(f"/v1/search?q={' '.join(phrase)}&limit=20&expand=off{cursor}", keep=True).json
        hits += page["hits"]
        if not page["next"]:
            return hits, page["relaxed"]
        cursor = "&cursor=" + page["next"]
    return hits, page["relaxed"]


def violations(phrase, hits, readings, candidates):
    """The kinds of what is wrong with an answer."""
    found = []
    ids = [h["id"] for h in hits]
    if len(set(ids)) != len(ids):
        found.append("twice")
    having = {i: g for i in candidates if (g := readings[i].grade(phrase)) < 3}
    grades = [having.get(i, 3) for i in ids]
    if any(a > b for a, b in zip(grades, grades[1:])):
        found.append("order")
    for grade in set(grades):
        better = [i for i, g in having.items() if g < grade]
        if any(i not in ids for i in better):
            found.append("missing")
            break
    for hit, grade in zip(hits, grades):
        code = hit["matched"]["code"]
        if (code == "phrase") != (grade < 2) or (code == "phrase-without-accents") != (grade == 2):
            found.append("label")
            break
    return found


def title_of(record):
    return record.get("subject") or record.get("title") or ""


def ask_titles(s, records, count, rng):
    """The titles that were not found first, with what came instead."""
    failed = []
    asked = [r for r in records if 2 < len(WORD.findall(title_of(r))) and len(title_of(r).encode()) < 1000]
    for record in rng.sample(asked, min(count, len(asked))):
        title = title_of(record)
        for query in ('"' + re.sub(r'["“”]', " ", title) + '"', title.replace('"', " ")):
            page = s.get("/v1/search?q=" + urllib.parse.quote(query) + "&limit=5", keep=True).json
            hit = page["hits"][0] if page.get("hits") else {}
            same = " ".join(WORD.findall(title)).lower() in " ".join(WORD.findall(" ".join(
                t for t in texts_of({"t": hit.get("subject") or "", "c": page.get("hits", [{}])[0].get("snippet", "") if hit else ""})))).lower()
            if not (hit and (same or hit["id"] == record["id"]) and hit["matched"]["code"] in ("phrase", "number")):
                failed.append((record["id"], query, hit.get("id"), hit.get("matched", {}).get("code")))
    return failed, min(count, len(asked))


def main():
    path = os.environ.get("HOSO_PHRASE_RECORDS") or os.path.join(os.environ.get("HOSO_SAMPLE", ""), "records.jsonl")
    if not os.path.exists(path):
        print("skipped: there are no records; HOSO_SAMPLE names the sample's folder")
        sys.exit(77)
    records = [r for r in load(path) if r.get("id") and not r.get("secrecy", "thường").lower().startswith(("mật", "tối", "tuyệt"))]
    for r in records:
        r.pop("files", None)
    rng = random.Random(int(os.environ.get("HOSO_SEED", "14")))
    phrases = draw_phrases(records, int(os.environ.get("HOSO_PHRASES", "300")), rng)
    pages = int(os.environ.get("HOSO_PHRASE_PAGES", "3"))
    newest = {r["id"]: r for r in records}
    readings = {i: Reading(r) for i, r in newest.items()}
    by_pair = {}
    for i, reading in readings.items():
        for folded, _ in reading.runs:
            words = folded.split()
            for pair in zip(words, words[1:]):
                by_pair.setdefault(pair, set()).add(i)
    counts, examples = {}, {}
    with Service() as s:
        with open(os.path.join(s.dir, "in.jsonl"), "w", encoding="utf-8") as out:
            for r in records:
                out.write(json.dumps(r, ensure_ascii=False) + "\n")
        subprocess.run([BIN, "-a", s.archive, "ingest", out.name], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        check("the records are searchable", s.wait_searchable(600))
        kept = {i for i in readings if s.get(f"/v1/records/{i}", keep=True).status == 200} if len(readings) < 2000 else set(readings)
        for phrase in phrases:
            folds = list(map(fold, phrase))
            candidates = set.intersection(*(by_pair.get(p, set()) for p in zip(folds, folds[1:]))) & kept
            hits, relaxed = answer_of(s, phrase, pages)
            for kind in violations(phrase, hits, readings, candidates):
                counts[kind] = counts.get(kind, 0) + 1
                examples.setdefault(kind, []).append(" ".join(phrase))
        failed, asked = ask_titles(s, [r for r in records if r["id"] in kept], int(os.environ.get("HOSO_TITLES", "100")), rng)
        check(f"of {asked} titles every one is found first, in quotes and without", not failed, len(failed), *failed[:6])
        for kind in ("order", "missing", "label", "twice"):
            check(f"of {len(phrases)} phrases none has a fault of the kind '{kind}'", not counts.get(kind), counts.get(kind),
                  examples.get(kind, [])[:8])


main()
finish()
