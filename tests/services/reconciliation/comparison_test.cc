// Each class of difference, and generated days beside a slow comparison in memory.
#include "services/reconciliation/comparison.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tanhui::reconciliation {
namespace {

struct Outcome {
  ComparisonTotals totals;
  std::vector<std::string> lines;
};

const ComparedDay kDay = {*ParseDay("2027-01-05"), 18 * 60, 10};

DayRow Theirs(std::uint64_t index, const std::string& id, const Side& side) {
  DayRow row;
  row.index = EntryIndex(index);
  row.request_id = id;
  row.kind = "redemption";
  row.points = side.points;
  row.fen = side.fen;
  row.state = side.state;
  return row;
}

absl::StatusOr<Outcome> Compare(const std::vector<OwnRow>& ours, const std::vector<DayRow>& theirs,
                                std::size_t run_bytes = 1 << 20) {
  RunOptions options;
  options.run_bytes = run_bytes;
  Comparison comparison("mine.csv", options);
  for (const OwnRow& row : ours) {
    EXPECT_TRUE(comparison.AddOurs(row).ok());
  }
  for (const DayRow& row : theirs) {
    if (absl::Status status = comparison.AddTheirs(row); !status.ok()) {
      return status;
    }
  }
  Outcome out;
  const auto totals = comparison.Compare(kDay, [&out](const Difference& difference) {
    out.lines.push_back(DifferenceLine(difference));
    return absl::OkStatus();
  });
  if (!totals.ok()) {
    return totals.status();
  }
  out.totals = *totals;
  return out;
}

TEST(Comparison, TellsEachClass) {
  const Side taken{-50, 50, RowState::kDone};
  const auto at = [](const char* time) { return ParseShanghai(time); };
  const auto outcome = Compare(
      {{"a-matched", taken, std::nullopt, 2},
       {"b-points", {-51, 50, RowState::kDone}, std::nullopt, 3},
       {"c-fen", {-50, 49, RowState::kPart}, std::nullopt, 4},
       {"d-state", taken, std::nullopt, 5},
       {"f-there", taken, at("2027-01-05 17:49:59"), 6},
       {"g-no-time", taken, std::nullopt, 7},
       {"h-end", taken, at("2027-01-05 17:50:00"), 8},
       {"i-begin", taken, at("2027-01-04 18:10:00"), 9},
       {"j-after", taken, at("2027-01-05 18:10:01"), 10}},
      {Theirs(1, "a-matched", taken), Theirs(2, "b-points", taken), Theirs(3, "c-fen", taken),
       Theirs(4, "d-state", {-50, 50, RowState::kUndone}), Theirs(5, "e-here", taken),
       Theirs(6, "", {-9, 9, RowState::kDone}), Theirs(7, "e-nothing", {})});
  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  EXPECT_EQ(
      outcome->lines,
      (std::vector<std::string>{
          "b-points,amount,-51,-50,50,50,done,done,2", "c-fen,amount,-50,-50,49,50,part,done,3",
          "d-state,state,-50,-50,50,50,done,undone,4", "e-here,missing_here,,-50,,50,,done,5",
          "f-there,missing_there,-50,,50,,done,,", "g-no-time,missing_there,-50,,50,,done,,",
          "h-end,timing,-50,,50,,done,,", "i-begin,timing,-50,,50,,done,,",
          "j-after,missing_there,-50,,50,,done,,"}));
  const ComparisonTotals& totals = outcome->totals;
  EXPECT_EQ(totals.of(DiffClass::kMatched), (ClassTotals{1, -50, 50, -50, 50}));
  EXPECT_EQ(totals.of(DiffClass::kAmount), (ClassTotals{2, -101, 99, -100, 100}));
  EXPECT_EQ(totals.of(DiffClass::kState), (ClassTotals{1, -50, 50, -50, 50}));
  EXPECT_EQ(totals.of(DiffClass::kMissingHere), (ClassTotals{1, 0, 0, -50, 50}));
  EXPECT_EQ(totals.of(DiffClass::kMissingThere), (ClassTotals{3, -150, 150, 0, 0}));
  EXPECT_EQ(totals.of(DiffClass::kTiming), (ClassTotals{2, -100, 100, 0, 0}));
  EXPECT_EQ(totals.of(DiffClass::kNotCompared), (ClassTotals{2, 0, 0, -9, 9}));
  EXPECT_FALSE(totals.AllMatched());
}

TEST(Comparison, IsMatchedWithRowsThatNeedNotBeThere) {
  const Side taken{-50, 50, RowState::kDone};
  const auto outcome = Compare({{"a", taken, std::nullopt, 2}, {"hold", {}, std::nullopt, 3}},
                               {Theirs(1, "a", taken), Theirs(2, "hold", {}),
                                Theirs(3, "other-hold", {}), Theirs(4, "", taken)});
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome->totals.AllMatched());
  EXPECT_EQ(outcome->totals.of(DiffClass::kMatched).rows, 2U);
  EXPECT_TRUE(outcome->lines.empty());
  EXPECT_TRUE(Compare({}, {})->totals.AllMatched());
}

TEST(Comparison, RefusesARequestIdTwiceAndSumsThatAreTooLarge) {
  const Side taken{-50, 50, RowState::kDone};
  const auto twice = Compare(
      {{"b", taken, std::nullopt, 2}, {"a", taken, std::nullopt, 3}, {"b", taken, std::nullopt, 9}},
      {}, 16);
  EXPECT_EQ(twice.status().message(),
            "mine.csv: the request id b stands in line 2 and in line 9; a request is done once: "
            "leave one of them");
  EXPECT_FALSE(Compare({}, {Theirs(1, "a", taken), Theirs(2, "a", taken)}).ok());
  const Side most{std::numeric_limits<std::int64_t>::max(), 0, RowState::kDone};
  EXPECT_FALSE(Compare({{"a", most, std::nullopt, 2}, {"b", most, std::nullopt, 3}}, {}).ok());
  EXPECT_FALSE(Compare({}, {Theirs(1, "", most), Theirs(2, "", most)}).ok());
}

// The same with maps.
Outcome Slowly(const std::vector<OwnRow>& ours, const std::vector<DayRow>& theirs) {
  std::map<std::string, const OwnRow*> mine;
  std::map<std::string, const DayRow*> yours;
  std::map<std::string, bool> ids;
  Outcome out;
  const auto count = [&out](DiffClass which, const Side* a, const Side* b) {
    ClassTotals& totals = out.totals.of(which);
    totals.rows += 1;
    totals.our_points += a == nullptr ? 0 : a->points;
    totals.our_fen += a == nullptr ? 0 : a->fen;
    totals.their_points += b == nullptr ? 0 : b->points;
    totals.their_fen += b == nullptr ? 0 : b->fen;
  };
  for (const OwnRow& row : ours) {
    ids[row.request_id] = true;
    mine[row.request_id] = &row;
  }
  for (const DayRow& row : theirs) {
    if (row.request_id.empty()) {
      const Side side{row.points, row.fen, row.state};
      count(DiffClass::kNotCompared, nullptr, &side);
    } else {
      ids[row.request_id] = true;
      yours[row.request_id] = &row;
    }
  }
  for (const auto& [id, unused] : ids) {
    const OwnRow* a = mine.contains(id) ? mine[id] : nullptr;
    const DayRow* b = yours.contains(id) ? yours[id] : nullptr;
    const Side theirs_side = b == nullptr ? Side{} : Side{b->points, b->fen, b->state};
    DiffClass which = DiffClass::kMatched;
    if (a == nullptr) {
      which = b->points == 0 && b->fen == 0 ? DiffClass::kNotCompared : DiffClass::kMissingHere;
    } else if (b == nullptr) {
      const std::int64_t cutoff = ParseShanghai("2027-01-05 18:00:00")->value();
      const bool near =
          a->time.has_value() &&
          std::min(std::abs(a->time->value() - cutoff),
                   std::abs(a->time->value() - cutoff + kMicrosPerDay)) <= 10 * kMicrosPerMinute;
      which = near ? DiffClass::kTiming : DiffClass::kMissingThere;
    } else if (a->side.points != b->points || a->side.fen != b->fen) {
      which = DiffClass::kAmount;
    } else if (a->side.state != b->state) {
      which = DiffClass::kState;
    }
    count(which, a == nullptr ? nullptr : &a->side, b == nullptr ? nullptr : &theirs_side);
    if (which != DiffClass::kMatched && which != DiffClass::kNotCompared) {
      out.lines.push_back(
          DifferenceLine({id, which, a == nullptr ? std::nullopt : std::optional(a->side),
                          b == nullptr ? std::nullopt : std::optional(theirs_side),
                          b == nullptr ? std::nullopt : std::optional(b->index)}));
    }
  }
  return out;
}

TEST(Comparison, EqualsASlowOne) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    const auto side = [&random] {
      return Side{static_cast<std::int64_t>(random() % 3) - 1,
                  static_cast<std::int64_t>(random() % 2), static_cast<RowState>(random() % 3)};
    };
    std::vector<OwnRow> ours;
    std::vector<DayRow> theirs;
    const std::int64_t begin = ParseShanghai("2027-01-04 17:00:00")->value();
    for (std::uint64_t i = 0; i < 200; ++i) {
      const std::string id =
          random() % 8 == 0 ? absl::StrCat("长,", i) : absl::StrCat(random() % 10, "-", i);
      const Side same = side();
      if (random() % 5 != 0) {
        const auto time =
            LedgerTime(begin + static_cast<std::int64_t>(random() % (26 * 60)) * kMicrosPerMinute);
        ours.push_back({id, random() % 6 == 0 ? side() : same,
                        random() % 2 == 0 ? std::optional(time) : std::nullopt, i});
      }
      if (random() % 5 != 0) {
        theirs.push_back(Theirs(i, random() % 9 == 0 ? std::string() : id, same));
      }
    }
    std::shuffle(ours.begin(), ours.end(), random);
    const Outcome slow = Slowly(ours, theirs);
    const auto fast = Compare(ours, theirs, seed % 3 == 0 ? 100 : 1 << 20);
    ASSERT_TRUE(fast.ok()) << fast.status().ToString();
    EXPECT_EQ(fast->totals, slow.totals) << seed;
    EXPECT_EQ(fast->lines, slow.lines) << seed;
  }
}

}  // namespace
}  // namespace tanhui::reconciliation
