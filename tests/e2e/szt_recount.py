#!/usr/bin/env python3
"""Counts the rides of a raw Shenzhen Tong file by the rules of the data's own page.

usage: tests/e2e/szt_recount.py FILE

Written from that page alone and apart from the importer, with which its one line of JSON must
agree: lines, awarded by scenario, refused by reason, and points at 27 a metro ride and 10 a bus
ride. It keeps everything in memory and is in no hurry.
"""

import collections
import csv
import datetime
import json
import sys

POINTS = {"metro_ride": 27, "bus_ride": 10}
IN, OUT, BUS = "地铁入站", "地铁出站", "巴士"


def read_time(text):
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def recount(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    header, rows = rows[0], rows[1:]
    refused = collections.Counter()
    rides = []  # (scenario, evidence)

    # Rules 1 and 2.
    metro = collections.defaultdict(list)
    buses = collections.defaultdict(list)
    known = set()
    for order, row in enumerate(rows):
        if tuple(row) in known:
            refused["duplicate"] += 1
            continue
        known.add(tuple(row))
        tap = dict(zip(header, row))
        when = read_time(tap.get("deal_date", ""))
        if len(row) != len(header) or not tap["card_no"] or when is None or \
                tap["deal_type"] not in (IN, OUT, BUS):
            refused["malformed"] += 1
        elif tap["deal_type"] == BUS:
            buses[tap["card_no"], tap["car_no"]].append((when, order, tap))
        elif not tap["station"]:
            refused["no_station"] += 1
        else:
            metro[tap["card_no"]].append((when, tap["deal_type"] == OUT, order, tap))

    # Rules 3 and 4.
    for card, taps in metro.items():
        taps.sort(key=lambda tap: tap[:3])
        at = 0
        while at < len(taps):
            when, is_out, _, tap = taps[at]
            at += 1
            if is_out:
                refused["orphan_out"] += 1
                continue
            following = taps[at] if at < len(taps) else None
            if not following or not following[1] or \
                    following[0] - when > datetime.timedelta(hours=4):
                refused["orphan_in"] += 1
                continue
            at += 1
            if following[3]["station"] == tap["station"]:
                refused["same_station"] += 1
            elif following[0] - when < datetime.timedelta(minutes=3):
                refused["too_short"] += 1
            else:
                rides.append(("metro_ride", (card, when, tap["equ_no"])))

    # Rule 5: a tap that is refused is no ride.
    for (card, _), taps in buses.items():
        last = None
        for when, _, tap in sorted(taps, key=lambda tap: tap[:2]):
            if last is not None and when - last < datetime.timedelta(minutes=15):
                refused["same_vehicle"] += 1
                continue
            last = when
            rides.append(("bus_ride", (card, when, tap["equ_no"])))

    # Rule 6: what has the same evidence is the same ride.
    awarded = {scenario: 0 for scenario in POINTS}
    claimed = set()
    for ride in rides:
        if ride in claimed:
            refused["already_awarded"] += 1
            continue
        claimed.add(ride)
        awarded[ride[0]] += 1
    return {
        "lines": len(rows),
        "awarded": dict(sorted(awarded.items())),
        "refused": dict(sorted(refused.items())),
        "points": sum(POINTS[scenario] * count for scenario, count in awarded.items()),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps(recount(sys.argv[1]), separators=(",", ":")))
