// Records come back in order of their keys, whatever fits into memory.
#include "services/reconciliation/sorted_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

namespace tanhui::reconciliation {
namespace {

using Records = std::vector<std::pair<std::string, std::string>>;

Records ThroughRuns(const Records& records, std::size_t run_bytes) {
  RunOptions options;
  options.run_bytes = run_bytes;
  SortedRuns runs(options);
  for (const auto& [key, value] : records) {
    EXPECT_TRUE(runs.Add(key, value).ok());
  }
  EXPECT_EQ(runs.size(), records.size());
  EXPECT_TRUE(runs.Finish().ok());
  Records out;
  while (true) {
    const auto record = runs.Next();
    EXPECT_TRUE(record.ok()) << record.status().ToString();
    if (!record.ok() || *record == nullptr) {
      return out;
    }
    out.emplace_back((*record)->key, (*record)->value);
  }
}

TEST(SortedRuns, KeepEqualKeysInTheOrderOfAdding) {
  std::mt19937 random(20'270'105);
  for (const std::size_t run_bytes : {1U, 64U, 4'096U, 1U << 20U}) {
    Records records;
    for (int i = 0; i < 3'000; ++i) {
      std::string key(random() % 4, '\0');
      for (char& c : key) {
        c = static_cast<char>(random());
      }
      records.emplace_back(std::move(key), std::to_string(i));
    }
    Records sorted = records;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    EXPECT_EQ(ThroughRuns(records, run_bytes), sorted) << run_bytes;
  }
}

TEST(SortedRuns, TakeNothingAndVeryLongRecords) {
  EXPECT_TRUE(ThroughRuns({}, 64).empty());
  const Records records = {
      {"b", std::string(300'000, 'x')}, {std::string(200'000, 'a'), ""}, {"", "first"}};
  for (const std::size_t run_bytes : {64U, 1U << 22U}) {
    EXPECT_EQ(ThroughRuns(records, run_bytes), (Records{records[2], records[1], records[0]}));
  }
}

TEST(SortedRuns, SayWhereNothingCanBeWritten) {
  RunOptions options;
  options.directory = "/nowhere/at/all";
  options.run_bytes = 8;
  SortedRuns runs(options);
  ASSERT_TRUE(runs.Add("key", "value").ok());
  const absl::Status status = runs.Add("another", "value");
  EXPECT_NE(status.message().find("/nowhere/at/all"), absl::string_view::npos) << status.ToString();
}

}  // namespace
}  // namespace tanhui::reconciliation
