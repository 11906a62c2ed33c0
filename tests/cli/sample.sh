#!/bin/sh
# The sample is what it says: the same every time, numbers in series, citations that exist, laws in force.
. "$(dirname "$0")/../tap.sh"

"$HOSO_SAMPLE_BIN" "$scratch/one" --records 3000 --seed 5 && "$HOSO_SAMPLE_BIN" "$scratch/two" --records 3000 --seed 5
diff -r "$scratch/one" "$scratch/two" >/dev/null
is "the same arguments write the same bytes" "$?" 0
"$HOSO_SAMPLE_BIN" "$scratch/three" --records 3000 --seed 6
cmp -s "$scratch/one/records.jsonl" "$scratch/three/records.jsonl"
is "another seed writes another sample" "$?" 1

python3 - "$scratch/one" <<'P'
import json, re, sys, unicodedata

directory = sys.argv[1]
records = [json.loads(line) for line in open(directory + "/records.jsonl", encoding="utf-8")]
cases = [json.loads(line) for line in open(directory + "/cases.jsonl", encoding="utf-8")]
failed = 0


def check(name, bad):
    global failed
    bad = list(bad)
    print(("not ok - " if bad else "ok - ") + name)
    for item in bad[:5]:
        print("#   %s" % (item,))
    failed += bool(bad)


check("ids are unique", [] if len({r["id"] for r in records}) == len(records) else ["some are not"])
check("ids are what the archive takes", (r["id"] for r in records if not re.fullmatch(r"[A-Za-z0-9._:-]{1,128}", r["id"])))
check("papers come in order of time", (b["id"] for a, b in zip(records, records[1:]) if b["issued"] < a["issued"]))

seen, last, twice, backwards = set(), {}, [], []
for r in records:
    if "number" not in r:
        continue
    key = (r["agency"], r["issued"][:4], r["number"])
    if key in seen:
        twice.append(key)
    seen.add(key)
    series = (r["agency"], r["issued"][:4], re.sub(r"^\d+", "", r["number"]) if r["type"] != "Công văn" else "CV")
    value = int(re.match(r"\d+", r["number"]).group())
    if value <= last.get(series, 0):
        backwards.append((key, last[series]))
    last[series] = value
check("an office gives a number once a year", twice)
check("numbers of a series only grow", backwards)

issued = {}
for r in records:
    issued.setdefault(r.get("number"), r["issued"])
relations = [(r, x) for r in records for x in r.get("relations", [])]
check("every citation exists and is earlier", ((r["id"], x["number"]) for r, x in relations
                                               if issued.get(x["number"], "9999") > r["issued"]))
check("every citation stands in the text", ((r["id"], x["number"]) for r, x in relations if "text" in r and x["number"] not in r["text"]))
check("there are citations", [] if len(relations) > len(records) // 10 else ["%d" % len(relations)])

codes = {c["case"] for c in cases}
check("every case file has its metadata", (r["id"] for r in records for c in r.get("cases", []) if c not in codes))
texts = [r for r in records if "text" in r]
check("no rule was left unfilled", (r["id"] for r in texts if re.search(r"[{}|]|\(null\)", r["text"] + r["subject"])))
check("texts are NFC", (r["id"] for r in texts if unicodedata.normalize("NFC", r["text"]) != r["text"]))
check("no law is cited before it was made", (r["id"] for r in texts
      for year in re.findall(r"(?:Luật|Nghị định số)[^;\n]*năm (\d{4})", r["text"].split("QUYẾT ĐỊNH:")[0][:1500]) if int(year) > int(r["issued"][:4])))
check("no district writes after June 2025", (r["id"] for r in records if r["issued"] > "2025-06-30" and
      re.match("Ủy ban nhân dân (huyện|thị xã|thành phố|thị trấn)", r.get("agency", ""))))
def bare(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


check("papers have both ends", (r["id"] for r in texts if r["type"] == "Quyết định" and not
      all(bare(part) in bare(r["text"]) for part in ("CỘNG HÒA XÃ HỘI", "Nơi nhận", r["signer"]["name"]))))

for r in records:
    for name in r.get("files", []):
        data = open(directory + "/" + name, "rb").read()
        if "to-hop" in name:
            text = data.decode()
            check("%s is decomposed" % name, [] if unicodedata.normalize("NFD", text) == text and text != unicodedata.normalize("NFC", text) else [name])
        elif name.endswith(".txt"):
            check("%s is not Unicode" % name, [] if any(b >= 0x80 for b in data) and not data.decode("utf-8", "ignore").encode() == data else [name])
        else:
            check("%s is of its kind" % name, [] if data[:4] in (b"%PDF", b"PK\x03\x04") else [name])
sys.exit(1 if failed else 0)
P
[ $? = 0 ] || failures=$((failures + 1))
