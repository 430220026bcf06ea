#!/usr/bin/env python3
"""What the ENERGY STAR list is as a catalogue, and what purchases from it earn.

An independent recount in integers: nothing is taken from the program under test. Prints JSON; with
--acts TIME the purchases as a file of acts instead.
"""

import csv
import json
import sys

# Milligrams of CO2e for a watt-hour: 522.7 g/kWh of Chongqing, 140.4 g/kWh of Sichuan. A point is
# 10 g.
FACTORS = {"500103": 5227, "510104": 1404}  # tenths of a milligram
MICROGRAMS = 100  # of a tenth of a milligram
GRAMS_OF_POINT = 10
MILLION = 1_000_000


def watt_hours(text):
    """Of kilowatt-hours with at most three places."""
    whole, _, places = text.partition(".")
    if not whole.isdigit() or (places and not places.isdigit()) or len(places) > 3:
        raise ValueError(text)
    return int(whole) * 1000 + int(places.ljust(3, "0"))


def read(path):
    """Products as {code: watt-hours saved}, and lines left out as [(line, reason, fact)]."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    header = next(csv.reader([lines[0].rstrip("\r")]))
    column = {name: header.index(name) for name in (
        "Brand Name", "Model Number", "Annual Energy Use (kWh/yr)",
        "US Federal Standard (kWh/yr)")}
    products, first, odd, count = {}, {}, [], 0
    for number, line in enumerate(lines[1:], start=2):
        line = line.rstrip("\r")
        if not line:
            continue
        count += 1
        fields = next(csv.reader([line]))
        # A field of several lines is none of a product: each of its lines is left out.
        if line.count('"') % 2 or len(fields) != len(header):
            odd.append((number, "malformed", None))
            continue
        brand, model, use, standard = (fields[column[name]].strip() for name in column)
        code = f"{brand} {model}"
        saved = watt_hours(standard) - watt_hours(use)
        if saved == 0:
            odd.append((number, "no_saving", None))
        elif saved < 0:
            odd.append((number, "negative_saving", -saved))
        elif code in products:
            odd.append((number, "repeated_model", first[code]))
        else:
            products[code], first[code] = saved, number
    return products, odd, count


class Citizen:
    """Carries what is below a point; grams go with points."""

    def __init__(self):
        self.micrograms = self.micropoints = 0

    def buys(self, saved, district):
        micrograms = saved * FACTORS[district] * MICROGRAMS
        self.micrograms += micrograms
        self.micropoints += micrograms // GRAMS_OF_POINT
        points, self.micropoints = divmod(self.micropoints, MILLION)
        grams = 0
        if points:
            grams, self.micrograms = divmod(self.micrograms, MILLION)
        return points, grams


def main():
    products, odd, count = read(sys.argv[1])
    left_out = [f for f in odd if f[1] == "negative_saving"]
    if len(sys.argv) > 2:
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(["user_id", "scenario", "act_time", "evidence", "quantity", "unit", "district",
                      "product"])
        for district in FACTORS:
            for n, code in enumerate(products):
                out.writerow([f"{district}-{n}", "efficient_purchase", sys.argv[3],
                              f"bill {district} of {n}", 1, "item", district,
                              "efficient-products/" + code])
        # What is not listed earns nothing.
        for n, _ in enumerate(left_out):
            out.writerow([f"nobody-{n}", "efficient_purchase", sys.argv[3], f"bill none {n}", 1,
                          "item", "500103", f"efficient-products/not listed {n}"])
        return
    reasons = {}
    for _, reason, _ in odd:
        reasons[reason] = reasons.get(reason, 0) + 1
    by_saving = sorted(products, key=lambda code: (products[code], code))
    some = sorted(set(by_saving[:2] + by_saving[-2:] + by_saving[:: len(by_saving) // 16]))
    buyers = []
    for code in some:
        citizen = Citizen()
        buyers.append({"code": code,
                       "acts": [[d, *citizen.buys(products[code], d)] for d in FACTORS]})
    alone = [Citizen().buys(saved, d) for saved in products.values() for d in FACTORS]
    points, grams = (sum(column) for column in zip(*alone))
    print(json.dumps({
        "built": {"lines": count, "products": len(products), "odd": reasons},
        "odd": [[line, reason] for line, reason, _ in odd],
        "negative": {line: fact for line, reason, fact in odd if reason == "negative_saving"},
        "repeated": {line: fact for line, reason, fact in odd if reason == "repeated_model"},
        "buyers": buyers,
        "points": points,
        "imported": {"lines": len(alone) + len(left_out),
                     "awarded": {"efficient_purchase": len(alone)},
                     "refused": {"unknown_product": len(left_out)},
                     "points": points, "grams": grams},
    }))


if __name__ == "__main__":
    main()
