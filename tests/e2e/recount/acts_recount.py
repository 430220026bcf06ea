#!/usr/bin/env python3
"""Counts what the rides of a raw Shenzhen Tong file earn as acts by the rules of Chongqing.

usage: tests/e2e/recount/acts_recount.py TAPS STATIONS MAP

TAPS are raw taps, STATIONS the CSV of metro stations, MAP the CSV with columns tap_station and
station that `tanhui station map` wrote. Written apart from the ledger: stations and tracks are read
from the CSV, ways are found with Dijkstra's algorithm, and points are counted with Python's own
integers. One line of JSON: lines, awarded by scenario, refused by reason, points, grams, and the
metres of all rides that earned.

Rules: 46.7 g a kilometre by metro, 105 g a bus ride, 1 point for 10 g, remainders carried for each
citizen, at most 4 rides of each sort a citizen and day. Times may be moved by whole days.
"""

import collections
import csv
import heapq
import json
import math
import sys

import szt_recount

MOST_RIDES = 4
MILLION = 10**6
BUS_MICROGRAMS = 105 * MILLION
MICROGRAMS_A_METRE = 46_700
MICROGRAMS_A_MICROPOINT = 10


def metres_between(a, b):
    """Great circle, mean radius of the earth."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    north = math.sin(math.radians(lat_b - lat_a) / 2)
    east = math.sin(math.radians(lon_b - lon_a) / 2)
    chord = north**2 + math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b)) * east**2
    return math.floor(2 * 6_371_008.8 * math.asin(math.sqrt(min(chord, 1))) + 0.5)


def read_tracks(path, city):
    """Neighbours by station: {station: {neighbour: metres}}."""
    places = {}
    tracks = collections.defaultdict(dict)
    before = {}  # by line: sequence and station
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["city"] != city:
                continue
            name, line, sequence = row["station"], row["line"], int(row["sequence"])
            if not row["latitude"] or not row["longitude"]:
                continue
            places.setdefault(name, (float(row["latitude"]), float(row["longitude"])))
            last = before.get(line)
            if last and last[0] + 1 == sequence and last[1] != name:
                metres = max(1, metres_between(places[last[1]], places[name]))
                if metres <= 1_000_000:
                    tracks[name][last[1]] = tracks[last[1]][name] = metres
            before[line] = (sequence, name)
    return tracks


def shortest_way(tracks, origin, destination):
    far = {origin: 0}
    queue = [(0, origin)]
    while queue:
        metres, station = heapq.heappop(queue)
        if station == destination:
            return metres
        if metres > far[station]:
            continue
        for neighbour, length in tracks[station].items():
            if metres + length < far.get(neighbour, math.inf):
                far[neighbour] = metres + length
                heapq.heappush(queue, (metres + length, neighbour))
    return None


def recount(taps, stations, map_file):
    with open(map_file, encoding="utf-8", newline="") as file:
        mapped = {row["tap_station"]: row["station"] for row in csv.DictReader(file)}
    tracks = read_tracks(stations, "chongqing")
    rides, lines, refused = szt_recount.rides_of(taps, lambda station: mapped[station])
    earned = collections.Counter()
    days = collections.Counter()  # rides by card, date and scenario
    carry = collections.Counter()  # millionths of points by card
    gram_carry = collections.Counter()
    points = grams = metres = 0
    claimed = set()
    for ride in sorted(rides, key=lambda ride: (ride.time, ride.line)):
        if (ride.scenario, ride.evidence) in claimed:
            refused["already_awarded"] += 1
            continue
        claimed.add((ride.scenario, ride.evidence))
        way = None
        if ride.scenario == "metro_ride":
            way = shortest_way(tracks, ride.origin, ride.destination)
            if way is None:
                refused["unknown_station"] += 1  # no tracks lead there
                continue
        day = (ride.card, ride.time.date(), ride.scenario)
        if days[day] == MOST_RIDES:
            refused["cap_reached"] += 1
            continue
        days[day] += 1
        earned[ride.scenario] += 1
        metres += way or 0
        micrograms = BUS_MICROGRAMS if way is None else way * MICROGRAMS_A_METRE
        carry[ride.card] += micrograms // MICROGRAMS_A_MICROPOINT
        gram_carry[ride.card] += micrograms
        whole, carry[ride.card] = divmod(carry[ride.card], MILLION)
        points += whole
        if whole:  # grams go with points
            whole_grams, gram_carry[ride.card] = divmod(gram_carry[ride.card], MILLION)
            grams += whole_grams
    return {
        "lines": lines,
        "awarded": {scenario: earned[scenario] for scenario in sorted(szt_recount.POINTS)},
        "refused": dict(sorted(refused.items())),
        "points": points,
        "grams": grams,
        "metres": metres,
    }


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    print(json.dumps(recount(*sys.argv[1:]), separators=(",", ":")))
