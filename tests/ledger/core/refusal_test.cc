#include "ledger/core/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace tanhui {
namespace {

// The gRPC code that REFUSALS.md gives to each class.
std::string_view CodeOf(RefusalClass kind) {
  switch (kind) {
    case RefusalClass::kInvalid:
      return "INVALID_ARGUMENT";
    case RefusalClass::kUnauthenticated:
      return "UNAUTHENTICATED";
    case RefusalClass::kDenied:
      return "PERMISSION_DENIED";
    case RefusalClass::kNotFound:
      return "NOT_FOUND";
    case RefusalClass::kExists:
      return "ALREADY_EXISTS";
    case RefusalClass::kPrecondition:
      return "FAILED_PRECONDITION";
    case RefusalClass::kExhausted:
      return "RESOURCE_EXHAUSTED";
    case RefusalClass::kUnavailable:
      return "UNAVAILABLE";
    case RefusalClass::kDeadline:
      return "DEADLINE_EXCEEDED";
  }
  return "";
}

std::string Trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(" `"));
  text.erase(text.find_last_not_of(" `") + 1);
  return text;
}

// The cells of every table row whose first cell is a number.
std::vector<std::vector<std::string>> RowsOfPage() {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  std::ifstream page(std::string(source == nullptr ? "." : source) + "/ledger/core/REFUSALS.md");
  EXPECT_TRUE(page.is_open()) << "set TANHUI_SOURCE_DIR to the root of the sources";
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(page, line);) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, '|');) {
      cells.push_back(Trimmed(cell));
    }
    if (cells.size() > 1 && !cells[1].empty() && std::isdigit(cells[1][0]) != 0) {
      cells.erase(cells.begin());
      rows.push_back(std::move(cells));
    }
  }
  return rows;
}

TEST(RefusalTest, ThePageListsEveryReasonInOrder) {
  const auto rows = RowsOfPage();
  const auto reasons = AllReasons();
  ASSERT_EQ(rows.size(), reasons.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(reasons[i].name);
    ASSERT_EQ(rows[i].size(), 5u) << "order | reason | code | meaning | what to do";
    EXPECT_EQ(rows[i][0], std::to_string(i + 1));
    EXPECT_EQ(rows[i][1], reasons[i].name);
    EXPECT_EQ(rows[i][2], CodeOf(reasons[i].kind));
    EXPECT_EQ(rows[i][3], reasons[i].meaning);
    EXPECT_FALSE(rows[i][4].empty());
  }
}

TEST(RefusalTest, RowsAreFoundByReason) {
  for (const ReasonRow& row : AllReasons()) {
    EXPECT_EQ(RowOf(row.reason).name, row.name);
  }
  EXPECT_EQ(RowOf(Reason::kInsufficientBalance).name, "INSUFFICIENT_BALANCE");
}

// google.rpc.ErrorInfo: at most 63 characters of [A-Z][A-Z0-9_]+[A-Z0-9].
TEST(RefusalTest, NamesAreUniqueAndFitErrorInfo) {
  std::set<std::string_view> names;
  for (const ReasonRow& row : AllReasons()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_THAT(std::string(row.name), testing::MatchesRegex("[A-Z][A-Z0-9_]+[A-Z0-9]"));
    EXPECT_LE(row.name.size(), 63u);
    EXPECT_EQ(row.meaning.back(), '.') << row.name;
  }
}

// What the section "Bad input" asks for by name.
TEST(RefusalTest, ClassesAreThoseThatTheApiPromises) {
  struct Row {
    Reason reason;
    RefusalClass kind;
  };
  const Row rows[] = {
      {Reason::kFieldInvalid, RefusalClass::kInvalid},
      {Reason::kFieldTooLong, RefusalClass::kInvalid},
      {Reason::kAmountOutOfRange, RefusalClass::kInvalid},
      {Reason::kBatchTooLarge, RefusalClass::kInvalid},
      {Reason::kUnknownAccount, RefusalClass::kNotFound},
      {Reason::kUnknownAsset, RefusalClass::kNotFound},
      {Reason::kInsufficientBalance, RefusalClass::kPrecondition},
      {Reason::kInsufficientBudget, RefusalClass::kPrecondition},
      {Reason::kRequestIdReused, RefusalClass::kExists},
      {Reason::kCodeExists, RefusalClass::kExists},
      {Reason::kAccountExists, RefusalClass::kExists},
      {Reason::kQueueFull, RefusalClass::kExhausted},
      {Reason::kWritesStoppedDisk, RefusalClass::kExhausted},
      {Reason::kDeadlineExceeded, RefusalClass::kDeadline},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(RowOf(row.reason).kind, row.kind) << RowOf(row.reason).name;
  }
}

TEST(RefusalTest, CarriesFactsInOrder) {
  const Refusal refusal = Refusal(Reason::kInsufficientBalance, "points")
                              .With("needed", 5)
                              .With("available", -9'223'372'036'854'775'807)
                              .With("unit", "points");
  EXPECT_EQ(refusal.field, "points");
  EXPECT_THAT(refusal.facts,
              testing::ElementsAre(testing::Pair("needed", "5"),
                                   testing::Pair("available", "-9223372036854775807"),
                                   testing::Pair("unit", "points")));
}

TEST(RefusalDeathTest, ANumberThatIsNoReasonAborts) {
  EXPECT_DEATH(RowOf(static_cast<Reason>(200)), "invariant broken at .*a reason without a row");
}

}  // namespace
}  // namespace tanhui
