// Rows of settlements, lists, periods, months, events and links: as bytes, and read in order while
// they lie in generations and files.
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "ledger/store/store.h"
#include "tests/ledger/store/lossy_file_system.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString({bytes.data(), bytes.size()});
}
std::string FromHex(const std::string& hex) { return absl::HexStringToBytes(hex); }

Undone Corrected() {
  Undone undone;
  undone.points = Amount(5);
  undone.revision = 2;
  undone.newest = EntryIndex(4'710);
  return undone;
}
Undone Line(LineState state) {
  Undone undone;
  undone.line = state;
  return undone;
}
Undone Load() {
  Undone undone;
  undone.load = LoadTotals{LoadState::kSealed, 2, Amount(155), Amount(1'500), 1};
  return undone;
}
Undone Locked() {
  Undone undone;
  undone.coupon = {CouponState::kLocked, EntryIndex(4'710), LedgerTime(1'709'121'600'000'000)};
  return undone;
}
Undone Used() {
  Undone undone;
  undone.redeemed = RedeemedNow{
      {Amount(0), Amount(3'000)}, Amount(300), Amount(240), false, true, Amount(800), Amount(0)};
  return undone;
}
Undone Returned() {
  Undone undone;
  undone.exchange = ExchangeNow{3, EntryIndex(4'710), true};
  return undone;
}
Account StockOfCampaign() {
  Account account;
  account.kind = AccountKind::kCampaign;
  account.asset = AssetNo(2);
  account.balance = Amount(4'000);
  account.last_entry_plus_one = 21;
  account.funded = Amount(3);
  account.given = {BusinessDate(20'179), Amount(3)};
  return account;
}
Account ClaimOfMerchant() {
  Account account;
  account.kind = AccountKind::kClaim;
  account.asset = AssetNo(2);
  account.participant = ParticipantNo(3);
  account.balance = Amount(120);
  account.last_entry_plus_one = 21;
  account.given = {BusinessDate(20'179), Amount(-30)};
  return account;
}

Account DepartedToACity() {
  Account account;
  account.kind = AccountKind::kPeer;
  account.asset = AssetNo(1);
  account.balance = Amount(120);
  account.last_entry_plus_one = 21;
  account.funded = Amount(48);
  return account;
}

const PeriodKey kPeriod = {Month(684), AssetNo(1), AccountKind::kCitizen};
const ListingRow kListed = {Listing::kCouponsOfAccount, 11, EntryIndex(4'710)};
const ListingRow kStep = {Listing::kStepsWithPeer, 8, EntryIndex(4'710)};
const EventRow kEvent = {3, EntryIndex(4'710), 1, 7, 11};

// The worked examples of SCHEMA.md.
TEST(BookRows, BytesAreThoseOfTheSixthFormat) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {EncodeUndone(Corrected()), "02050002e624"},
      {EncodeUndone(Line(LineState::kPaid)), "0303"},
      {EncodeUndone(Load()), "0401029b01dc0b01"},
      {EncodeUndone(Locked()), "05000001e62480c0c49dfc9b8906"},
      {EncodeUndone(Used()), "0600000200b817ac02f0010001a00600"},
      {EncodeUndone(Returned()), "0703e62401"},
      {EncodeClaim({EntryIndex(11), ParticipantNo(2)}), "000000000000000b00000002"},
      {EncodeAccount(ClaimOfMerchant()), "0218040202f0011503a6bb023b"},
      {EncodeAccount(StockOfCampaign()), "021c041002c03e1506a6bb0206"},
      {EncodeAccount(DepartedToACity()), "021d001001f0011560"},
      {ListingKey(kListed), "010000000000000b0000000000001266"},
      {ListingKey(kStep), "05000000000000080000000000001266"},
      {SettlementLineKey(RunNo(3), EntryIndex(12)), "00000003000000000000000c"},
      {EncodePeriodKey(kPeriod), "02ac0000000101"},
      {EncodePeriodSums({500, 1'000}),
       "000000000000000000000000000001f4000000000000000000000000000003e8"},
      {MonthKey(AccountNo(11), Month(684)), "000000000000000b02ac"},
      {EventKey(3, EntryIndex(4'710), 1), "00000003000000000000126601"},
      {EncodeEvent(kEvent), "07000000000000000b"},
      {LinkedKey({ParticipantNo(2), AccountNo(11)}), "00000002000000000000000b"},
  };
  const std::string here = __FILE__;
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  const std::string page =
      ReadBytes((source != nullptr ? source : here.substr(0, here.find("/tests/ledger/store/"))) +
                std::string("/ledger/store/SCHEMA.md"));
  for (const auto& [bytes, hex] : rows) {
    EXPECT_EQ(Hex(bytes), hex);
    EXPECT_NE(page.find(hex), std::string::npos) << hex << " is not in SCHEMA.md";
  }
}

TEST(BookRows, RowsComeBack) {
  std::vector<Undone> all = {Corrected(), Load(), Locked(), Used(), Returned()};
  for (int state = 0; state <= 3; ++state) {
    Undone& coupon = all.emplace_back();
    coupon.coupon = {static_cast<CouponState>(state), EntryIndex(kMost), LedgerTime(-1)};
    coupon.cancelled = state % 2 == 1;
    coupon.points = Amount(state);
    Undone& used = all.emplace_back();
    used.redeemed = RedeemedNow{};
    used.redeemed->lines.resize(static_cast<std::size_t>(state) * 50, Amount(state));
    used.redeemed->coupon_back = state % 2 == 1;
    used.cancelled = state >= 2;
  }
  for (std::uint8_t state = 1; state <= 5; ++state) {
    all.emplace_back().exchange = ExchangeNow{state, EntryIndex(state == 1 ? 0 : kMost), false};
  }
  for (int state = 1; state <= 4; ++state) {
    all.push_back(Line(static_cast<LineState>(state)));
  }
  all[0].quantity = kMost;
  all[0].newest = EntryIndex(kMost);
  for (const Undone& undone : all) {
    EXPECT_EQ(DecodeUndone(EncodeUndone(undone)), undone);
  }
  for (const Claim& claim : {Claim{EntryIndex(kMost)}, Claim{EntryIndex(0), ParticipantNo(1)}}) {
    EXPECT_EQ(DecodeClaim(EncodeClaim(claim)), claim);
  }
  EXPECT_EQ(DecodeSettlementLineKey(SettlementLineKey(RunNo(9), EntryIndex(kMost))),
            std::pair(RunNo(9), EntryIndex(kMost)));
  for (int list = 1; list <= 6; ++list) {
    const ListingRow row = {static_cast<Listing>(list), kMost >> 8, EntryIndex(kMost)};
    EXPECT_EQ(DecodeListingKey(ListingKey(row)), row);
  }
  EXPECT_EQ(DecodeAccount(EncodeAccount(StockOfCampaign())), StockOfCampaign());
  Account arrived = DepartedToACity();
  arrived.balance = Amount(-120);
  EXPECT_EQ(DecodeAccount(EncodeAccount(arrived)), arrived);
  EXPECT_EQ(DecodePeriodKey(EncodePeriodKey(kPeriod)), kPeriod);
  const PeriodSums sums = {~absl::uint128(0), absl::uint128(1) << 64};
  EXPECT_EQ(DecodePeriodSums(EncodePeriodSums(sums)), sums);
  const MonthRow month = {AccountNo(kMost), kNever, 0};
  EXPECT_EQ(DecodeMonth(MonthKey(month.account, month.month), EncodeU64(0)), month);
  EXPECT_EQ(DecodeEvent(EventKey(3, kEvent.entry, 1), EncodeEvent(kEvent)), kEvent);
  const LinkKey link = {ParticipantNo(7), AccountNo(kMost)};
  EXPECT_EQ(DecodeLinkedKey(LinkedKey(link)), link);
}

TEST(BookRows, OtherSizesAreRefused) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string bytes(size, '\1');
    EXPECT_EQ(DecodeClaim(bytes).has_value(), size == 8 || size == 12) << size;
    EXPECT_EQ(DecodeSettlementLineKey(bytes).has_value(), size == 12) << size;
    EXPECT_EQ(DecodeListingKey(bytes).has_value(), size == 16) << size;
    EXPECT_EQ(DecodePeriodKey(bytes).has_value(), size == 7) << size;
    EXPECT_EQ(DecodePeriodSums(bytes).has_value(), size == 32) << size;
    EXPECT_EQ(DecodeMonth(bytes, EncodeU64(1)).has_value(), size == 10) << size;
    EXPECT_EQ(DecodeMonth(MonthKey(AccountNo(1), Month(1)), bytes).has_value(), size == 8) << size;
    EXPECT_EQ(DecodeEvent(bytes, EncodeEvent(kEvent)).has_value(), size == 13) << size;
    EXPECT_EQ(DecodeEvent(EventKey(1, EntryIndex(1), 1), bytes).has_value(), size == 9) << size;
    EXPECT_EQ(DecodeLinkedKey(bytes).has_value(), size == 12) << size;
    EXPECT_EQ(DecodeLinks(bytes).has_value(), size == 8) << size;
  }
}

TEST(BookRows, BytesThatNoEncoderMadeAreRefused) {
  for (const char* hex : {
           "02050000e624",                        // corrected, but never
           "0205000200",                          // by the first entry of all
           "02050002",                            // by which entry
           "02050002e62400",                      // and more
           "0300",                                // a line that is none
           "0305",                                // a state that is none
           "030100",                              // and more
           "04030200000000",                      // a state of a load that is none
           "0401029b01dc0b",                      // cut
           "0401029b01dc0b0100",                  // and more
           "05000004e62400",                      // a state of a coupon that is none
           "05020000e62400",                      // cancelled twice
           "05000000e624",                        // cut
           "05000000e6240000",                    // and more
           "0600000200b817ac02f0010001a006",      // cut
           "0600000200b817ac02f0010001a0060000",  // and more
           "0600000200b817ac02f0010201a00600",    // a coupon that comes back twice
           "0600000200b817ac02f0010002a00600",    // reviewed twice
           "0600007f00b817ac02f0010001a00600",    // more lines than there are octets
           "0700e62400",                          // a state of an exchange that is none
           "0706e62400",                          // likewise
           "0703e62402",                          // returned twice
           "0703e624",                            // cut
           "0703e6240100",                        // and more
           "08",                                  // a form that is none
           "080000",
       }) {
    EXPECT_FALSE(DecodeUndone(FromHex(hex)).has_value()) << hex;
  }
  EXPECT_FALSE(DecodeClaim(FromHex("000000000000000b00000000")).has_value()) << "nobody";
  EXPECT_FALSE(DecodePeriodKey(FromHex("02ac0000000100")).has_value()) << "kind 0";
  EXPECT_TRUE(DecodePeriodKey(FromHex("02ac000000010d")).has_value());
  EXPECT_FALSE(DecodePeriodKey(FromHex("02ac000000010e")).has_value()) << "kind 14";
  EXPECT_FALSE(DecodeListingKey(FromHex("000000000000000b0000000000001266")).has_value())
      << "list 0";
  EXPECT_FALSE(DecodeListingKey(FromHex("070000000000000b0000000000001266")).has_value())
      << "list 7";
  EXPECT_FALSE(DecodeLinks(EncodeU64(0)).has_value()) << "no link has no row";
  EXPECT_FALSE(DecodeAccount(FromHex("02190002010000"
                                     "01"))
                   .has_value())
      << "settling has nobody";
  EXPECT_FALSE(DecodeAccount(FromHex("02190400010000"
                                     "0202"))
                   .has_value())
      << "nor a day";
  EXPECT_TRUE(DecodeAccount(FromHex("021d0000010000")).has_value());
  EXPECT_FALSE(DecodeAccount(FromHex("021d000201000008")).has_value())
      << "whose it is, the registry tells";
  EXPECT_FALSE(DecodeAccount(FromHex("021e0000010000")).has_value()) << "kind 14";
}

TEST(BookRows, WhatHasNoFormAborts) {
  Undone both = Load();
  both.line = LineState::kPaid;
  EXPECT_DEATH(EncodeUndone(both), "no ledger makes");
  Undone used = Used();
  used.coupon = Locked().coupon;
  EXPECT_DEATH(EncodeUndone(used), "no ledger makes");
  Undone undecided = Returned();
  undecided.exchange->state = 0;
  EXPECT_DEATH(EncodeUndone(undecided), "no ledger makes");
  Undone twice = Returned();
  twice.cancelled = true;
  EXPECT_DEATH(EncodeUndone(twice), "no ledger makes");
  Undone counted = Locked();
  counted.quantity = 1;
  EXPECT_DEATH(EncodeUndone(counted), "no ledger makes");
  Undone less = Used();
  less.redeemed->discount = Amount(-1);
  EXPECT_DEATH(EncodeUndone(less), "less than nothing");
  EXPECT_DEATH(ListingKey({Listing::kMergedInto, std::uint64_t{1} << 56, EntryIndex(1)}),
               "too large a number");
  Undone cancelled = Corrected();
  cancelled.cancelled = true;
  EXPECT_DEATH(EncodeUndone(cancelled), "no ledger makes");
}

TEST(BookRows, KeysSortAsTheirNumbersDo) {
  EXPECT_LT(SettlementLineKey(RunNo(1), EntryIndex(kMost)),
            SettlementLineKey(RunNo(256), EntryIndex(0)));
  EXPECT_LT(ListingKey({Listing::kCouponsOfAccount, 255, EntryIndex(kMost)}),
            ListingKey({Listing::kCouponsOfAccount, 256, EntryIndex(0)}));
  EXPECT_LT(ListingKey({Listing::kCouponsOfAccount, kMost >> 8, EntryIndex(kMost)}),
            ListingKey({Listing::kUsesOfCampaign, 0, EntryIndex(0)}));
  EXPECT_LT(EncodePeriodKey({Month(255), AssetNo(9), AccountKind::kOpening}),
            EncodePeriodKey({Month(256), AssetNo(1), AccountKind::kCitizen}));
  EXPECT_LT(MonthKey(AccountNo(1), Month(255)), MonthKey(AccountNo(1), Month(256)));
  EXPECT_LT(EventKey(1, EntryIndex(255), 255), EventKey(1, EntryIndex(256), 0));
  EXPECT_LT(LinkedKey({ParticipantNo(255), AccountNo(kMost)}),
            LinkedKey({ParticipantNo(256), AccountNo(0)}));
}

// Rows of commits 0, 1, 2 …; some of them are in files, the newest in memory.
class BookRowsTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open(bool read_only = false, std::size_t write_buffer = std::size_t{64} << 20) {
    store_.reset();
    StoreOptions options;
    options.path = scratch_ / "db";
    options.read_only = read_only;
    options.write_buffer_bytes = write_buffer;
    options.env = env_.get();
    auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
  }
  void Commit(Changes changes) {
    CommitBatch batch;
    batch.first = EntryIndex(size_++);
    batch.entries = {"entry"};
    batch.changes = std::move(changes);
    batch.head = {Head{size_, LedgerTime(99), AccountNo(1)}, Hash256()};
    ASSERT_TRUE(store_->Commit(batch).ok());
  }
  // What was committed so far moves into files.
  void Flush() {
    ASSERT_TRUE(store_->CreateSnapshot(scratch_ / ("copy" + std::to_string(size_))).ok());
  }
  std::vector<std::uint64_t> Linked(std::uint32_t participant, std::uint64_t from = 0,
                                    std::size_t max_rows = 100) {
    std::vector<std::uint64_t> seen;
    EXPECT_TRUE(store_
                    ->ScanLinkedAccounts(ParticipantNo(participant), AccountNo(from), max_rows,
                                         [&seen](AccountNo account, std::uint64_t) {
                                           seen.push_back(account.value());
                                           return true;
                                         })
                    .ok());
    return seen;
  }
  std::vector<EventRow> Events(std::uint32_t scope, std::uint64_t from, std::uint8_t n,
                               std::size_t max_rows = 100) {
    std::vector<EventRow> seen;
    EXPECT_TRUE(store_
                    ->ScanEvents(scope, EntryIndex(from), n, max_rows,
                                 [&seen](const EventRow& row) { return seen.push_back(row), true; })
                    .ok());
    return seen;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<rocksdb::Env> env_ = SyncFreeEnv(scratch_ / "db", scratch_ / "lost");
  std::unique_ptr<Store> store_;
  std::uint64_t size_ = 0;
};

std::pair<LinkKey, std::uint64_t> Links(std::uint32_t participant, std::uint64_t account,
                                        std::uint64_t links) {
  return {{ParticipantNo(participant), AccountNo(account)}, links};
}

TEST_F(BookRowsTest, LinksAreReadAndGo) {
  Changes first;
  first.linked = {Links(1, 9, 1), Links(2, 5, 1), Links(2, 6, 2), Links(2, 8, 1), Links(3, 1, 1)};
  Commit(first);
  Flush();
  Changes second;
  second.linked = {Links(2, 5, 0), Links(2, 6, 1), Links(2, 7, 3)};
  Commit(second);
  for (const bool in_files : {false, true}) {
    if (in_files) {
      Open();
    }
    EXPECT_EQ(Linked(2), (std::vector<std::uint64_t>{6, 7, 8}));
    EXPECT_EQ(Linked(2, 0, 1), (std::vector<std::uint64_t>{6})) << "what is gone is no row";
    EXPECT_EQ(Linked(2, 7, 1), (std::vector<std::uint64_t>{7}));
    EXPECT_EQ(Linked(2, 9), std::vector<std::uint64_t>());
    EXPECT_EQ(Linked(2, 0, 0), std::vector<std::uint64_t>());
    const std::vector<LinkKey> keys = {Links(2, 5, 0).first, Links(2, 6, 0).first,
                                       Links(2, 7, 0).first, Links(9, 7, 0).first};
    EXPECT_EQ(store_->ReadLinks(keys).value(),
              (std::vector<std::optional<std::uint64_t>>{std::nullopt, 1, 3, std::nullopt}));
  }
  Changes again;
  again.linked = {Links(2, 5, 1)};
  Commit(again);
  EXPECT_EQ(Linked(2), (std::vector<std::uint64_t>{5, 6, 7, 8}));
}

// More rows than a step takes, half of them gone again.
TEST_F(BookRowsTest, ManyRowsAreWalkedInSteps) {
  Changes made;
  Changes gone;
  std::vector<std::uint64_t> left;
  for (std::uint64_t account = 1; account <= 5'000; ++account) {
    made.linked.push_back(Links(1, account, 1));
    if (account < 2'500) {
      gone.linked.push_back(Links(1, account, 0));
    } else {
      left.push_back(account);
    }
  }
  Commit(made);
  Flush();
  Commit(gone);
  EXPECT_EQ(Linked(1, 0, 10'000), left);
  Open();
  EXPECT_EQ(Linked(1, 0, 10'000), left);
}

TEST_F(BookRowsTest, PeriodsComeAndGo) {
  Changes first;
  const PeriodKey next = {Month(685), AssetNo(1), AccountKind::kOpening};
  first.periods = {{kPeriod, PeriodSums{1, 2}}, {next, PeriodSums{3, 4}}};
  Commit(first);
  Flush();
  Changes second;
  second.periods = {{kPeriod, std::nullopt}, {next, PeriodSums{5, absl::uint128(1) << 100}}};
  Commit(second);
  for (const bool in_files : {false, true}) {
    if (in_files) {
      Open(/*read_only=*/true);
    }
    const auto read = store_->ReadPeriods();
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(read->size, 2u);
    ASSERT_EQ(read->rows.size(), 1u);
    EXPECT_EQ(read->rows[0], std::pair(next, PeriodSums{5, absl::uint128(1) << 100}));
  }
}

TEST_F(BookRowsTest, MonthsAreSoughtFromAMonthOn) {
  Changes first;
  first.months = {{AccountNo(1), Month(684), 0}, {AccountNo(2), Month(684), 0}};
  Commit(first);
  Flush();
  Changes second;
  second.months = {{AccountNo(1), Month(686), 77}};
  Commit(second);
  const auto seek = [this](std::uint64_t account, std::uint16_t month) {
    return store_->SeekMonth(AccountNo(account), Month(month)).value();
  };
  for (const bool in_files : {false, true}) {
    if (in_files) {
      Open();
    }
    EXPECT_EQ(seek(1, 0), (MonthRow{AccountNo(1), Month(684), 0}));
    EXPECT_EQ(seek(1, 685), (MonthRow{AccountNo(1), Month(686), 77}));
    EXPECT_EQ(seek(1, 687), std::nullopt) << "not another account's";
    EXPECT_EQ(seek(2, 684), (MonthRow{AccountNo(2), Month(684), 0}));
    EXPECT_EQ(seek(3, 0), std::nullopt);
  }
}

TEST_F(BookRowsTest, EventsAreScannedFromOneOn) {
  Changes first;
  first.events = {{3, EntryIndex(0), 1, 7, 11}, {3, EntryIndex(0), 0, 6, 11}};
  Commit(first);
  Flush();
  Changes second;
  second.events = {{3, EntryIndex(1), 0, 6, 12},
                   {0, EntryIndex(1), 1, 3, 5},
                   {EventRow::kEverybody, EntryIndex(1), 2, 4, 1}};
  Commit(second);
  for (const bool in_files : {false, true}) {
    if (in_files) {
      Open();
    }
    EXPECT_EQ(Events(3, 0, 1), (std::vector<EventRow>{first.events[0], second.events[0]}));
    EXPECT_EQ(Events(3, 0, 0, 1), (std::vector<EventRow>{first.events[1]}));
    EXPECT_EQ(Events(0, 0, 0), (std::vector<EventRow>{second.events[1]}));
    EXPECT_EQ(Events(EventRow::kEverybody, 0, 0), (std::vector<EventRow>{second.events[2]}));
    EXPECT_EQ(Events(EventRow::kEverybody, kMost, 255), std::vector<EventRow>());
  }
}

TEST_F(BookRowsTest, LinesOfARunAreScanned) {
  Changes changes;
  changes.settlement_lines = {
      {RunNo(1), EntryIndex(7)}, {RunNo(1), EntryIndex(9)}, {RunNo(2), EntryIndex(8)}};
  Commit(changes);
  std::vector<std::uint64_t> seen;
  const auto scan = [&](std::uint64_t from, std::size_t max_rows) {
    seen.clear();
    EXPECT_TRUE(store_
                    ->ScanSettlementLines(RunNo(1), EntryIndex(from), max_rows,
                                          [&seen](EntryIndex line) {
                                            seen.push_back(line.value());
                                            return true;
                                          })
                    .ok());
    return seen;
  };
  EXPECT_EQ(scan(0, 100), (std::vector<std::uint64_t>{7, 9}));
  EXPECT_EQ(scan(8, 100), (std::vector<std::uint64_t>{9}));
  EXPECT_EQ(scan(0, 1), (std::vector<std::uint64_t>{7}));
}

// Debits are what credits are at every moment, while generations go into files behind the reader.
TEST_F(BookRowsTest, SumsAreThoseOfOneMoment) {
  Open(/*read_only=*/false, /*write_buffer=*/4'096);
  constexpr std::uint64_t kCommits = 500;
  const PeriodKey other = {Month(684), AssetNo(1), AccountKind::kBudget};
  std::atomic<bool> done = false;
  std::thread reading([&] {
    absl::uint128 before = 0;
    for (bool last = false; !last;) {
      last = done;
      const auto read = store_->ReadPeriods();
      ASSERT_TRUE(read.ok()) << read.status().ToString();
      absl::uint128 debits = 0;
      absl::uint128 credits = 0;
      for (const auto& [key, sums] : read->rows) {
        debits += sums.debits;
        credits += sums.credits;
      }
      ASSERT_TRUE(debits == credits && debits == read->size && debits >= before);
      before = debits;
    }
    EXPECT_TRUE(before == kCommits);
  });
  for (std::uint64_t i = 1; i <= kCommits; ++i) {
    Changes changes;
    changes.periods = {{kPeriod, PeriodSums{0, i}}, {other, PeriodSums{i, 0}}};
    changes.linked = {Links(1, i % 10, i % 3)};
    Commit(changes);
  }
  done = true;
  reading.join();
}

TEST_F(BookRowsTest, ANameThatIsNobodysHasNoRow) {
  PlatformUserKey user;
  user.bytes.fill(4);
  Changes named;
  named.platform_users = {{user, AccountNo(9)}};
  Commit(named);
  EXPECT_EQ(store_->ReadPlatformUsers(std::vector{user}).value().front(), AccountNo(9));
  Changes ended;
  ended.platform_users = {{user, AccountNo(0)}};
  Commit(ended);
  EXPECT_EQ(store_->ReadPlatformUsers(std::vector{user}).value().front(), std::nullopt);
  Open();
  EXPECT_EQ(store_->ReadPlatformUsers(std::vector{user}).value().front(), std::nullopt);
}

TEST_F(BookRowsTest, ClaimsHaveAHistory) {
  Changes changes;
  Account claim = ClaimOfMerchant();
  claim.last_entry_plus_one = 1;
  changes.accounts = {{AccountNo(5), claim}};
  Commit(changes);
  EXPECT_EQ(store_->SeekHistory(AccountNo(5), EntryIndex(0)).value(), EntryIndex(0));
  EXPECT_EQ(store_->ReadAccountAsOf(AccountNo(5))->account, claim);
  Open();
  EXPECT_EQ(store_->SeekHistory(AccountNo(5), EntryIndex(0)).value(), EntryIndex(0));
  EXPECT_EQ(store_->ReadAccountAsOf(AccountNo(5))->account, claim);
}

}  // namespace
}  // namespace tanhui::store
