"""Prints what records.py found, for the programs `feeds` and `archives`."""
import json

import shingles


def _mean(lines, key):
    return sum(line[key] for line in lines) / len(lines) if lines else 0.0


def sums(lines, others):
    precision, recall = _mean(lines, "precision"), _mean(lines, "recall")
    return {"wanted": len(lines), "found": sum(line["found"] for line in lines), "others": len(others),
            "precision": precision, "recall": recall, "f1": shingles.f1(precision, recall),
            "f1_each": _mean(lines, "f1"), "exact": _mean(lines, "exact")}


def head():
    print(f"{'':40}{'wanted':>7}{'found':>7}{'others':>7}{'prec.':>8}{'recall':>8}{'F1':>7}{'exact':>7}  not right")


def row(title, lines, others):
    total = sums(lines, others)
    faults = {}
    for line in lines:
        for field, found in line["fields"].items():
            if found["verdict"] != "right":
                key = f"{field} {found['verdict']}"
                faults[key] = faults.get(key, 0) + 1
    print(f"{title:40}{total['wanted']:7}{total['found']:7}{total['others']:7}{total['precision']:8.3f}"
          f"{total['recall']:8.3f}{total['f1']:7.3f}{total['exact']:7.3f}  "
          + ", ".join(f"{count} {key}" for key, count in sorted(faults.items())))


def worst(lines, others, count):
    for line in sorted(lines, key=lambda line: line["f1"])[:count]:
        print(f"  {line['f1']:.3f} {'' if line['found'] else 'not found '}{line['name']}")
        for field, found in line["fields"].items():
            if found["verdict"] != "right":
                print(f"        {field} {found['verdict']}: wanted {found['wanted']!r}, got {found['got']!r}")
    for record in others[:count]:
        print(f"  not wanted: {record.get('url') or ''} {record['title']!r}")


def objects(title, lines, others):
    for line in lines:
        print(json.dumps({"of": title, **line}, ensure_ascii=False))
    print(json.dumps({"of": title, "all": sums(lines, others)}, ensure_ascii=False))
