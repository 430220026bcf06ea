// What reads: balances, history, dates, entries, receipts and proofs, each as of an index.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/core/business_time.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/verifier.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/receipt.h"
#include "tanhui/entry/v1/entry.pb.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

class ReadingTest : public ApiTest {};

google::protobuf::Timestamp Shanghai(const std::string& text) {
  const auto time = ParseShanghai(text);
  EXPECT_TRUE(time.has_value()) << text;
  google::protobuf::Timestamp out;
  out.set_seconds(time->value() / kMicrosPerSecond);
  return out;
}

TEST_F(ReadingTest, EveryReadSaysAsOfWhat) {
  const std::uint64_t last = LogSize(client()) - 1;
  AwaitCheckpointOver(last);
  v1::GetAccountRequest account;
  account.set_name(citizen_);
  v1::ListEntriesRequest list;
  list.set_parent(citizen_);
  v1::BudgetsServiceGetRequest budget;
  budget.set_name("budgets/demo");
  v1::GetReceiptRequest receipt;
  receipt.set_index(last);
  v1::GetEntryRequest entry;
  entry.set_request_id("first");
  const auto found = client().Call(&BudgetsStub::Get, budget);
  EXPECT_EQ(found.response.as_of_index(), last);
  EXPECT_EQ(found.response.budget().available(), 1'000'000 - 500);
  EXPECT_EQ(found.response.budget().display_name(), "演示预算");
  EXPECT_EQ(client().Call(&AccountsStub::GetAccount, account).response.as_of_index(), last);
  EXPECT_EQ(client().Call(&AccountsStub::ListEntries, list).response.as_of_index(), last);
  EXPECT_EQ(client().Call(&LogStub::GetReceipt, receipt).response.as_of_index(), last);
  EXPECT_EQ(client().Call(&LogStub::GetEntry, entry).response.as_of_index(), last);
  EXPECT_EQ(OutcomeOf("first").as_of_index(), last);
  EXPECT_EQ(OutcomeOf("never").as_of_index(), last);
  EXPECT_EQ(client()
                .Call(&LogStub::GetConsistencyProof, v1::GetConsistencyProofRequest())
                .response.as_of_index(),
            last);
  EXPECT_EQ(
      client().Call(&LogStub::GetCheckpoint, v1::GetCheckpointRequest()).response.as_of_index(),
      last);
  EXPECT_EQ(
      client().Call(&LogStub::ListLogEntries, v1::ListLogEntriesRequest()).response.as_of_index(),
      last);
  const auto status = client().Call(&AdminStub::GetStatus, v1::GetStatusRequest()).response;
  EXPECT_EQ(status.as_of_index(), last);
  EXPECT_EQ(status.writes_stopped_reason(), "");
  EXPECT_GT(status.free_bytes(), 0U);
  EXPECT_GE(status.server_time().seconds(), status.ledger_time().seconds());
}

TEST_F(ReadingTest, OutcomesTellTheFirstAnswer) {
  const v1::GetOutcomeResponse outcome = OutcomeOf("first");
  EXPECT_EQ(outcome.state(), v1::REQUEST_STATE_DONE);
  EXPECT_EQ(outcome.points(), 500);
  EXPECT_EQ(outcome.balance(), 500);
  EXPECT_EQ(EntryAt(outcome.entry_index()).request_id(), "first");
  const v1::GetOutcomeResponse never = OutcomeOf("never");
  EXPECT_EQ(never.state(), v1::REQUEST_STATE_UNKNOWN);
  EXPECT_EQ(never.entry_index(), 0U);
  EXPECT_EQ(OutcomeOf("demo-funding").balance(), 1'000'000);
}

TEST_F(ReadingTest, HistoryIsNewestFirstPageByPage) {
  std::vector<std::uint64_t> expected = {OutcomeOf("first").entry_index()};
  for (int i = 1; i <= 9; ++i) {
    const auto done = client().Call(&PointsStub::Transfer,
                                    TransferOf("t" + std::to_string(i), citizen_, other_, i));
    expected.insert(expected.begin(), done.response.entry_index());
  }
  v1::ListEntriesRequest list;
  list.set_parent(citizen_);
  list.set_page_size(4);
  std::vector<v1::AccountEntry> seen;
  std::vector<int> pages;
  do {
    const auto page = client().Call(&AccountsStub::ListEntries, list);
    ASSERT_TRUE(page.ok()) << page.status.error_message();
    seen.insert(seen.end(), page.response.entries().begin(), page.response.entries().end());
    pages.push_back(page.response.entries_size());
    list.set_page_token(page.response.next_page_token());
    // What comes meanwhile is newer than all pages and moves none of them.
    ASSERT_TRUE(client()
                    .Call(&PointsStub::Award,
                          AwardOf("meanwhile-" + std::to_string(pages.size()), citizen_, 1))
                    .ok());
  } while (!list.page_token().empty() && pages.size() < 10);
  EXPECT_EQ(pages, (std::vector<int>{4, 4, 2}));
  ASSERT_EQ(seen.size(), expected.size());
  std::int64_t balance = 500 - 45;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].index(), expected[i]);
    EXPECT_EQ(seen[i].balance_after(), balance);
    balance -= seen[i].amount();
  }
  EXPECT_EQ(seen.front().kind(), v1::ENTRY_KIND_TRANSFER);
  EXPECT_EQ(seen.front().amount(), -9);
  EXPECT_EQ(seen.front().request_id(), "t9");
  EXPECT_EQ(seen.back().kind(), v1::ENTRY_KIND_AWARD);
  EXPECT_EQ(seen.back().scenario(), "metro_ride");
  // A token is for its account alone.
  list.set_page_size(4);
  list.clear_page_token();
  const auto first = client().Call(&AccountsStub::ListEntries, list);
  list.set_parent(other_);
  list.set_page_token(first.response.next_page_token());
  EXPECT_EQ(client().Call(&AccountsStub::ListEntries, list).reason(), "FIELD_INVALID");
}

TEST_F(ReadingTest, TheWholeLogPageByPage) {
  const std::uint64_t size = LogSize(client());
  v1::ListLogEntriesRequest list;
  list.set_page_size(5);
  std::uint64_t next = size;
  std::size_t pages = 0;
  do {
    const auto page = client().Call(&LogStub::ListLogEntries, list);
    ASSERT_TRUE(page.ok()) << page.status.error_message();
    for (const v1::LogEntry& entry : page.response.entries()) {
      EXPECT_EQ(entry.index(), --next);
    }
    list.set_page_token(page.response.next_page_token());
  } while (!list.page_token().empty() && ++pages < 100);
  EXPECT_EQ(next, 0U);
  EXPECT_EQ(EntryAt(0).kind(), v1::ENTRY_KIND_GENESIS);
}

TEST_F(ReadingTest, AnEntryTellsWhatMoved) {
  v1::AwardRequest award = AwardOf("told", other_, 9);
  award.set_reference("till 7");
  const auto done = client().Call(&PointsStub::Award, award);
  const v1::LogEntry entry = EntryAt(done.response.entry_index());
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_AWARD);
  EXPECT_EQ(entry.caller(), "participants/operator");
  EXPECT_EQ(entry.request_id(), "told");
  EXPECT_EQ(entry.reference(), "till 7");
  ASSERT_EQ(entry.postings_size(), 2);
  EXPECT_EQ(entry.postings(0).account(), "budgets/demo");
  EXPECT_EQ(entry.postings(0).amount(), -9);
  EXPECT_EQ(entry.postings(1).account(), other_);
  EXPECT_EQ(entry.postings(1).amount(), 9);
  EXPECT_EQ(entry.postings(1).balance_after(), 9);
  entry::v1::Entry stored;
  ASSERT_TRUE(stored.ParseFromString(entry.leaf()));
  EXPECT_EQ(stored.award().points(), 9);
  EXPECT_EQ(stored.reference_commitment().size(), 32U);
}

// Around midnight of Shanghai, which is 16:00 UTC.
TEST_F(ReadingTest, BusinessDateIsThatOfTheActInShanghai) {
  const std::vector<std::pair<std::string, std::string>> acts = {
      {"2026-02-28 23:59:59", "2026-02-28"},
      {"2026-03-01 00:00:00", "2026-03-01"},
      {"2025-12-31 23:59:59", "2025-12-31"},
      {"2026-01-01 00:00:00", "2026-01-01"},
  };
  for (const auto& [time, date] : acts) {
    v1::AwardRequest award = AwardOf("act " + time, citizen_, 1);
    *award.mutable_act_time() = Shanghai(time);
    const auto done = client().Call(&PointsStub::Award, award);
    ASSERT_TRUE(done.ok()) << done.status.error_message();
    const v1::LogEntry entry = EntryAt(done.response.entry_index());
    EXPECT_EQ(entry.business_date(), date) << time;
    EXPECT_NE(entry.accounting_date(), date) << "accounted when it was recorded";
  }
}

// A day of scheme "green" ends at 18:00, one of "stamps" at midnight.
TEST_F(ReadingTest, AccountingDateIsThatOfTheRecordByTheCutOff) {
  const std::string stamps = OpenCitizen(client(), "citizen", "assets/stamps");
  v1::FundRequest fund = FundOf("fund-stamps", 5);
  fund.set_budget("budgets/stamps");
  const auto points = client().Call(&PointsStub::Award, AwardOf("now", citizen_, 1));
  const auto other = client().Call(&BudgetsStub::Fund, fund);
  for (const auto& [index, cutoff] :
       {std::pair<std::uint64_t, std::uint32_t>{points.response.entry_index(), 18 * 60},
        {other.response.entry_index(), 0}}) {
    const v1::LogEntry entry = EntryAt(index);
    entry::v1::Entry stored;
    ASSERT_TRUE(stored.ParseFromString(entry.leaf()));
    const LedgerTime recorded(stored.recorded_micros());
    // Minutes of the Shanghai day, worked out apart from the ledger's own calendar.
    const std::int64_t minute = (recorded.value() / kMicrosPerMinute + 8 * 60) % (24 * 60);
    const std::int64_t day = (recorded.value() / kMicrosPerMinute + 8 * 60) / (24 * 60);
    const bool next_day = cutoff != 0 && minute >= cutoff;
    EXPECT_EQ(entry.accounting_date(),
              FormatDate(BusinessDate(static_cast<std::int32_t>(day + (next_day ? 1 : 0)))));
    EXPECT_EQ(entry.business_date(), FormatDate(BusinessDate(static_cast<std::int32_t>(day))));
  }
}

TEST_F(ReadingTest, ReceiptsVerifyOffline) {
  const std::uint64_t last = LogSize(client()) - 1;
  AwaitCheckpointOver(last);
  for (std::uint64_t index = 0; index <= last; ++index) {
    v1::GetReceiptRequest request;
    request.set_index(index);
    const auto answer = client().Call(&LogStub::GetReceipt, request);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
    const auto verified = signing::VerifyReceipt(answer.response.receipt(), server_.verifiers());
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->index, index);
    EXPECT_EQ(verified->leaf, EntryAt(index).leaf());
  }
  v1::GetReceiptRequest by_id;
  by_id.set_request_id("first");
  EXPECT_EQ(client().Call(&LogStub::GetReceipt, by_id).response.index(),
            OutcomeOf("first").entry_index());
}

// An entry is durable before a checkpoint covers it; until then the receipt is to be asked again.
TEST_F(ReadingTest, AReceiptBeforeItsCheckpointIsToBeAskedAgain) {
  bool too_early = false;
  for (int i = 0; i < 200 && !too_early; ++i) {
    const std::string id = "early " + std::to_string(i);
    ASSERT_TRUE(client().Call(&PointsStub::Award, AwardOf(id, citizen_, 1)).ok());
    v1::GetReceiptRequest request;
    request.set_request_id(id);
    const auto answer = client().Call(&LogStub::GetReceipt, request);
    if (!answer.ok()) {
      const Refused refused = RefusedOf(answer.status);
      EXPECT_EQ(refused.reason, "NOT_YET_UNDER_CHECKPOINT");
      EXPECT_EQ(refused.code, grpc::StatusCode::UNAVAILABLE);
      EXPECT_TRUE(refused.has_retry);
      too_early = true;
    }
  }
  EXPECT_TRUE(too_early);
}

TEST_F(ReadingTest, CheckpointsAndConsistencyProofs) {
  const auto newest = [this] {
    return client().Call(&LogStub::GetCheckpoint, v1::GetCheckpointRequest()).response;
  };
  AwaitCheckpointOver(LogSize(client()) - 1);
  const auto old = signing::OpenCheckpoint(newest().checkpoint(), server_.verifiers());
  ASSERT_TRUE(old.ok()) << old.status();
  EXPECT_EQ(newest().verifier_key(), signing::FormatVerifierKey(server_.verifier()));
  EXPECT_EQ(newest().root_hash(), old->root.view());
  EXPECT_EQ(newest().size(), old->size);
  const auto done = client().Call(&PointsStub::Award, AwardOf("more", citizen_, 1));
  AwaitCheckpointOver(done.response.entry_index());
  const auto grown = signing::OpenCheckpoint(newest().checkpoint(), server_.verifiers());
  ASSERT_TRUE(grown.ok()) << grown.status();
  EXPECT_GT(grown->size, old->size);
  v1::GetConsistencyProofRequest request;
  request.set_old_size(old->size);
  const auto answer = client().Call(&LogStub::GetConsistencyProof, request);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.response.new_size(), grown->size);
  EXPECT_EQ(answer.response.old_root_hash(), old->root.view());
  EXPECT_EQ(answer.response.new_root_hash(), grown->root.view());
  std::vector<Hash256> proof;
  for (const std::string& hash : answer.response.hashes()) {
    proof.push_back(Hash256::FromView(hash));
  }
  EXPECT_TRUE(
      merkle::VerifyConsistency(old->size, old->root, grown->size, grown->root, proof).ok());
}

// Nothing that a platform told of a person may be in what is hashed, handed out or logged.
TEST_F(ReadingTest, NoPersonalDataInEntriesOrOutput) {
  const std::string user = "user-13800138000";
  const std::string reference = "ref-Zhang-San-77";
  v1::OpenAccountRequest opening = OpeningOf("o", user);
  opening.set_reference(reference);
  ASSERT_TRUE(client().Call(&AccountsStub::OpenAccount, opening).ok());
  v1::AwardRequest award = AwardOf("a", "", 1);
  award.set_platform_user_id(user);
  award.set_reference(reference);
  ASSERT_TRUE(client().Call(&PointsStub::Award, award).ok());
  award.set_points(2);
  EXPECT_EQ(client().Call(&PointsStub::Award, award).reason(), "REQUEST_ID_REUSED");
  award.set_request_id("b");
  award.set_scenario("No Good");
  EXPECT_EQ(client().Call(&PointsStub::Award, award).reason(), "FIELD_INVALID");
  const std::uint64_t size = LogSize(client());
  for (std::uint64_t index = 0; index < size; ++index) {
    const std::string leaf = EntryAt(index).leaf();
    for (const std::string& secret : {user, reference, std::string("13800138000")}) {
      EXPECT_EQ(leaf.find(secret), std::string::npos) << "entry " << index;
    }
  }
  ASSERT_EQ(Stop(), 0);
  for (const std::string& secret : {user, reference}) {
    EXPECT_EQ(server_.Output().find(secret), std::string::npos) << server_.Output();
  }
}

}  // namespace
}  // namespace tanhui::e2e
