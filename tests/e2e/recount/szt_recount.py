#!/usr/bin/env python3
"""Counts the rides of a raw Shenzhen Tong file by the rules of the data's own page.

usage: tests/e2e/recount/szt_recount.py FILE

Written from that page alone and apart from the importer, with which its one line of JSON must
agree: lines, awarded by scenario, refused by reason, and points at 27 a metro ride and 10 a bus
ride. It keeps everything in memory and is in no hurry. acts_recount.py counts on from its rides.
"""

import collections
import csv
import datetime
import json
import sys

POINTS = {"metro_ride": 27, "bus_ride": 10}
IN, OUT, BUS = "地铁入站", "地铁出站", "巴士"

# `time` is when it ended, `line` where its evidence stands; stations are those of metro rides.
Ride = collections.namedtuple("Ride", "scenario card evidence time line origin destination")


def read_time(text):
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def rides_of(path, station_of=lambda station: station):
    """The rides, how many lines there are, and refused lines by reason.

    Two stations are the same when station_of says so.
    """
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    header, rows = rows[0], rows[1:]
    refused = collections.Counter()
    rides = []

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
            when, is_out, order, tap = taps[at]
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
            origin, destination = station_of(tap["station"]), station_of(following[3]["station"])
            if origin == destination:
                refused["same_station"] += 1
            elif following[0] - when < datetime.timedelta(minutes=3):
                refused["too_short"] += 1
            else:
                rides.append(Ride("metro_ride", card, (card, when, tap["equ_no"]), following[0],
                                  order, origin, destination))

    # Rule 5: a tap that is refused is no ride.
    for (card, _), taps in buses.items():
        last = None
        for when, order, tap in sorted(taps, key=lambda tap: tap[:2]):
            if last is not None and when - last < datetime.timedelta(minutes=15):
                refused["same_vehicle"] += 1
                continue
            last = when
            rides.append(Ride("bus_ride", card, (card, when, tap["equ_no"]), when, order, None,
                              None))
    return rides, len(rows), refused


def recount(path):
    rides, lines, refused = rides_of(path)
    # Rule 6: what has the same evidence is the same ride.
    awarded = {scenario: 0 for scenario in POINTS}
    claimed = set()
    for ride in rides:
        if (ride.scenario, ride.evidence) in claimed:
            refused["already_awarded"] += 1
            continue
        claimed.add((ride.scenario, ride.evidence))
        awarded[ride.scenario] += 1
    return {
        "lines": lines,
        "awarded": dict(sorted(awarded.items())),
        "refused": dict(sorted(refused.items())),
        "points": sum(POINTS[scenario] * count for scenario, count in awarded.items()),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps(recount(sys.argv[1]), separators=(",", ":")))
