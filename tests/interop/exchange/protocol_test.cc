// The tables of PROTOCOL.md are those of the program, and what the page argues from them holds.
#include "interop/exchange/protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/interop/page_rows.h"

namespace tanhui::exchange {
namespace {

constexpr const char* kPage = "interop/exchange/PROTOCOL.md";

template <typename Table>
std::vector<std::string> RowsOf(const Table& table) {
  std::vector<std::string> rows;
  for (const auto& row : table) {
    rows.push_back(absl::StrCat(
        "| ", std::string(NameOf(row.state)), " | ", std::string(NameOf(row.event)), " | ",
        row.next == row.state ? "–" : std::string(NameOf(row.next)), " | ",
        std::string(NameOf(row.answer)), " | ", std::string(NameOf(row.contradiction)), " |"));
  }
  return rows;
}

TEST(ProtocolTest, ThePageHasTheProgramsTables) {
  EXPECT_EQ(RowsUnder(kPage, "Origin"), RowsOf(OriginTable()));
  EXPECT_EQ(RowsUnder(kPage, "Destination"), RowsOf(DestinationTable()));
}

template <typename State>
void ExpectFinal(State state, const auto& table) {
  for (const auto& row : table) {
    if (row.state == state) {
      EXPECT_EQ(row.next, state) << NameOf(row.event);
    }
  }
}

TEST(ProtocolTest, DecisionsAreFinal) {
  ExpectFinal(OriginState::kCommitted, OriginTable());
  ExpectFinal(OriginState::kAborted, OriginTable());
  for (const auto state : {DestinationState::kRejected, DestinationState::kConfirmed,
                           DestinationState::kCancelled, DestinationState::kBlocked}) {
    ExpectFinal(state, DestinationTable());
  }
}

TEST(ProtocolTest, OnlyOneWayLeadsToPointsThatCanBeSpent) {
  for (const OriginRow& row : OriginTable()) {
    if (row.next == OriginState::kCommitted && row.state != row.next) {
      EXPECT_EQ(row.state, OriginState::kPrepared);
      EXPECT_EQ(row.event, OriginEvent::kFulfil);
    }
  }
  for (const DestinationRow& row : DestinationTable()) {
    if (row.next == DestinationState::kConfirmed && row.state != row.next) {
      EXPECT_EQ(row.state, DestinationState::kAccepted);
      EXPECT_EQ(row.event, DestinationEvent::kCommitted);
    }
    if (row.next == DestinationState::kAccepted && row.state != row.next) {
      EXPECT_EQ(row.state, DestinationState::kNone);
      EXPECT_EQ(row.event, DestinationEvent::kPrepareGood);
    }
  }
}

// A message that tells a state is answered from that state only.
TEST(ProtocolTest, AnswersTellTheStateThatIsDurable) {
  for (const OriginRow& row : OriginTable()) {
    EXPECT_EQ(row.answer == Message::kCommitted,
              row.next == OriginState::kCommitted && row.answer != Message::kNone)
        << NameOf(row.state) << " " << NameOf(row.event);
    if (row.answer == Message::kAborted) {
      EXPECT_EQ(row.next, OriginState::kAborted);
    }
    if (row.answer == Message::kPrepare) {
      EXPECT_EQ(row.next, OriginState::kPrepared);
    }
  }
  for (const DestinationRow& row : DestinationTable()) {
    if (row.answer == Message::kFulfil) {
      EXPECT_EQ(row.next, DestinationState::kAccepted);
    }
    if (row.answer == Message::kConfirmed) {
      EXPECT_EQ(row.next, DestinationState::kConfirmed);
    }
    if (row.answer == Message::kReject) {
      EXPECT_EQ(row.next, DestinationState::kRejected);
    }
  }
}

}  // namespace
}  // namespace tanhui::exchange
