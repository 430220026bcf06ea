#!/usr/bin/env python3
"""Sums the postings of a log in SQLite, month by month, and compares with its closings.

usage: tests/simulation/closings_recount.py DIRECTORY

DIRECTORY holds postings.csv (entry index, accounting date, kind of account, amount) and
closings.csv (entry index, month, kind, opening, debits, credits, closing), both of one scheme with
one asset. Says how many months there are, and each line that differs; exit status 1 when one does,
when a month was left out, or when something was posted into a month after its closing.
"""

import csv
import sqlite3
import sys

SUMS = """
    CREATE TABLE sums AS
    SELECT substr(date, 1, 7) AS month, kind,
           SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS debits,
           SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS credits
    FROM postings GROUP BY 1, 2"""
LINES = """
    SELECT m.month, s.kind,
           SUM(CASE WHEN s.month < m.month THEN s.credits - s.debits ELSE 0 END) AS opening,
           SUM(CASE WHEN s.month = m.month THEN s.debits ELSE 0 END) AS debits,
           SUM(CASE WHEN s.month = m.month THEN s.credits ELSE 0 END) AS credits,
           SUM(s.credits - s.debits) AS closing
    FROM (SELECT DISTINCT month FROM closings) m JOIN sums s ON s.month <= m.month
    GROUP BY m.month, s.kind
    HAVING opening != 0 OR debits != 0 OR credits != 0"""
STATED = "SELECT month, kind, opening, debits, credits, closing FROM closings"
LATE = """
    SELECT DISTINCT p.entry, c.month
    FROM (SELECT DISTINCT entry, month FROM closings) c
    JOIN postings p ON p.entry > c.entry AND substr(p.date, 1, 7) = c.month"""


def load(database, name, path, columns):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    marks = ",".join("?" * len(columns.split(",")))
    database.execute(f"CREATE TABLE {name} ({columns})")
    database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)


def main():
    database = sqlite3.connect(":memory:")
    load(database, "postings", f"{sys.argv[1]}/postings.csv",
         "entry INTEGER, date TEXT, kind TEXT, amount INTEGER")
    load(database, "closings", f"{sys.argv[1]}/closings.csv",
         "entry INTEGER, month TEXT, kind TEXT, opening INTEGER, debits INTEGER, credits INTEGER, "
         "closing INTEGER")
    database.execute(SUMS)
    wrong = database.execute(f"{LINES} EXCEPT {STATED}").fetchall()
    wrong += database.execute(f"{STATED} EXCEPT SELECT * FROM ({LINES})").fetchall()
    for line in wrong:
        print("differs:", *line)
    late = database.execute(LATE).fetchall()
    for entry, month in late:
        print(f"entry {entry} was posted into {month} after its closing")
    months = [row[0] for row in database.execute("SELECT DISTINCT month FROM closings ORDER BY 1")]
    first = database.execute("SELECT MIN(month) FROM sums").fetchone()[0]
    print(f"{len(months)} months closed from {months[0] if months else '-'}, first posting {first}")
    return 1 if wrong or late or not months or months[0] != first or len(months) < 11 else 0


if __name__ == "__main__":
    sys.exit(main())
