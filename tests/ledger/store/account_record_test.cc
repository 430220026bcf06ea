// An account is one string of bytes, and every other string is refused.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/escaping.h"
#include "ledger/store/record.h"

namespace tanhui::store {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString({bytes.data(), bytes.size()});
}

Lot LotOf(std::uint16_t month, std::int64_t points, std::int64_t grams = 0,
          std::uint64_t contributor = 0) {
  return {
      {Month(month), SchemeNo(1), ParticipantNo(2), AccountNo(contributor)}, Amount(points), grams};
}

Account Citizen(const Lots& lots = {}) {
  Account account;
  account.asset = AssetNo(1);
  account.balance = SumOf(lots);
  account.last_entry_plus_one = 1'000'000'000;
  account.id.bytes.fill(3);
  account.owner.bytes.fill(4);
  account.lots = lots;
  return account;
}

Hold HoldOf(std::uint64_t number, const Lots& lots) {
  return {EntryIndex(number), LedgerTime(1'709'121'600'000'000), AccountNo(9), lots};
}

// --- accounts of every kind, with every field there or not and numbers of every size ---

template <typename Value>
Value Any(int small_in_ten = 5) {
  return *rc::gen::inRange(0, 10) < small_in_ten
             ? static_cast<Value>(*rc::gen::inRange<int>(0, 300))
             : *rc::gen::arbitrary<Value>();
}
template <typename Strong>
Strong AnyOf() {
  return Strong(Any<typename Strong::Value>());
}
bool Heads() { return *rc::gen::arbitrary<bool>(); }
// Of none or more; sums of all lots of an account stay in 64 bits.
std::int64_t Positive() {
  return *rc::gen::element<std::int64_t>(1, 2, 63, 64, 127, 128, 1 << 14, 1'000'000'000'000,
                                         std::int64_t{1} << 55);
}

Lots AnyLots(std::size_t most, bool contributors) {
  Lots lots;
  const auto count = *rc::gen::inRange<std::size_t>(0, most + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const LotKey key{*rc::gen::element(Month(0), Month(661), Month(672), kNever), AnyOf<SchemeNo>(),
                     AnyOf<ParticipantNo>(), contributors ? AnyOf<AccountNo>() : AccountNo(0)};
    AddLot(lots, {key, Amount(Positive()), Heads() ? 0 : Positive()});
  }
  return lots;
}

DayTotal AnyDay() { return {AnyOf<BusinessDate>(), Amount(Any<std::int64_t>())}; }

void AddHolds(Account& account, bool contributors) {
  const auto count = *rc::gen::inRange<std::size_t>(0, 5);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    number += 1 + Any<std::uint32_t>();
    Hold hold{EntryIndex(number), AnyOf<LedgerTime>(), AnyOf<AccountNo>(),
              AnyLots(3, contributors)};
    AddLot(hold.lots, LotOf(700, 1));
    account.holds.push_back(std::move(hold));
  }
}

void AddTallies(Account& account) {
  account.carry = Heads() ? 0 : Any<std::int64_t>();
  account.gram_carry = Heads() ? 0 : Any<std::int64_t>();
  const auto key = [](const Tally& tally) {
    return std::tuple(tally.limit, tally.category, tally.first);
  };
  std::vector<Tally>& tallies = account.tallies;
  const auto count = *rc::gen::inRange<std::size_t>(0, 6);
  for (std::size_t i = 0; i < count; ++i) {
    tallies.push_back({*rc::gen::element(LimitNo(1), LimitNo(200), LimitNo(~0U)),
                       Heads() ? 0 : Any<std::uint32_t>(), AnyOf<BusinessDate>(), Positive()});
  }
  std::sort(tallies.begin(), tallies.end(),
            [&key](const Tally& a, const Tally& b) { return key(a) < key(b); });
  tallies.erase(std::unique(tallies.begin(), tallies.end(),
                            [&key](const Tally& a, const Tally& b) { return key(a) == key(b); }),
                tallies.end());
}

void AddPartsOfLots(Account& account) {
  account.held = Amount(Heads() ? 0 : Positive());
  account.debt = Amount(Heads() ? 0 : Positive());
  account.guardian = Heads() ? AccountNo(0) : AnyOf<AccountNo>();
  account.household = Heads() ? AccountNo(0) : AnyOf<AccountNo>();
  account.merged_into = Heads() ? AccountNo(0) : AnyOf<AccountNo>();
  account.given = Heads() ? DayTotal{} : AnyDay();
  const bool contributors = Heads();
  account.lots = AnyLots(8, contributors);
  if (Heads()) {
    AddTallies(account);
  }
  if (Heads()) {
    AddHolds(account, contributors);
  }
}

Account AnyAccount() {
  Account account;
  account.kind = static_cast<AccountKind>(*rc::gen::inRange(1, 13));
  account.status = static_cast<AccountStatus>(*rc::gen::inRange(1, 5));
  account.minor = Heads();
  account.asset = AnyOf<AssetNo>();
  const bool nobodys = account.kind >= AccountKind::kSettling || Heads();
  account.participant = nobodys ? ParticipantNo(0) : AnyOf<ParticipantNo>();
  account.balance = Amount(Any<std::int64_t>());
  account.last_entry_plus_one = Any<std::uint64_t>();
  if (Heads()) {
    account.id.bytes = *rc::gen::arbitrary<decltype(account.id.bytes)>();
  }
  if (Heads()) {
    account.owner.bytes = *rc::gen::arbitrary<decltype(account.owner.bytes)>();
  }
  account.funded = Amount(Heads() ? 0 : Any<std::int64_t>());
  if (HasLots(account.kind)) {
    AddPartsOfLots(account);
  }
  if (account.kind == AccountKind::kMerchant || account.kind == AccountKind::kClaim ||
      account.kind == AccountKind::kCampaign) {
    account.given = Heads() ? DayTotal{} : AnyDay();
  }
  if (account.kind == AccountKind::kBudget && Heads()) {
    account.dry = {BusinessDate(1 + Any<std::uint16_t>()),
                   Heads() ? BusinessDate(0) : AnyOf<BusinessDate>()};
  }
  if (account.kind == AccountKind::kHousehold) {
    const auto count = *rc::gen::inRange<std::size_t>(0, 5);
    for (std::size_t i = 0; i < count; ++i) {
      account.members.push_back(
          {AnyOf<AccountNo>(), Heads(), Amount(Any<std::int64_t>()), AnyDay()});
    }
  }
  return account;
}

// Whatever is read is written the same.
void ExpectRefusedOrGenuine(const std::string& bytes) {
  if (const auto read = DecodeAccount(bytes)) {
    ASSERT_EQ(Hex(EncodeAccount(*read)), Hex(bytes));
  }
  if (const auto read = DecodeUndone(bytes)) {
    ASSERT_EQ(Hex(EncodeUndone(*read)), Hex(bytes));
  }
}

TEST(AccountRecord, AccountsComeBack) {
  setenv("RC_PARAMS", "max_success=5000", 0);  // the caller's own come first
  EXPECT_TRUE(rc::check([] {
    const Account account = AnyAccount();
    const std::string bytes = EncodeAccount(account);
    RC_ASSERT(DecodeAccount(bytes) == account);
    // No record is the beginning of another.
    RC_ASSERT(!DecodeAccount(bytes.substr(0, bytes.size() - 1)).has_value());
    RC_ASSERT(!DecodeAccount(bytes + '\0').has_value());
  }));
}

TEST(AccountRecord, ExtremesComeBack) {
  for (int kind = 1; kind <= 12; ++kind) {
    for (const std::int64_t balance :
         {Limits::min(), std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, Limits::max()}) {
      Account account;
      account.kind = static_cast<AccountKind>(kind);
      account.asset = AssetNo(0xffffffff);
      account.participant =
          account.kind < AccountKind::kSettling ? ParticipantNo(0x80000001) : ParticipantNo(0);
      account.balance = Amount(balance);
      account.last_entry_plus_one = ~std::uint64_t{0};
      EXPECT_EQ(DecodeAccount(EncodeAccount(account)), account);
    }
  }
  Account full = Citizen();
  full.lots = {LotOf(0, 1), LotOf(1, Limits::max() - 2, Limits::max()),
               LotOf(kNever.value(), 1, Limits::max(), ~std::uint64_t{0})};
  EXPECT_EQ(DecodeAccount(EncodeAccount(full)), full);
  full.given = {BusinessDate(std::numeric_limits<std::int32_t>::min()), Amount(Limits::min())};
  full.holds = {};
  EXPECT_EQ(DecodeAccount(EncodeAccount(full)), full);
}

// The size of the records counts: every award writes one.
TEST(AccountRecord, CommonAccountsAreSmall) {
  EXPECT_LE(EncodeAccount(Citizen({LotOf(661, 5'000, 120'000)})).size(), 56u);
  Lots year;
  for (std::uint16_t month = 661; month < 674; ++month) {
    AddLot(year, LotOf(month, 5'000, 120'000));
  }
  EXPECT_LE(EncodeAccount(Citizen(year)).size(), 165u);
}

TEST(AccountRecord, AsManyLotsAndHoldsAsThereMayBe) {
  Account account = Citizen();
  for (std::size_t i = 0; i < kMaxLots; ++i) {
    account.lots.push_back(LotOf(static_cast<std::uint16_t>(i), 5'000, 120'000));
  }
  for (std::size_t i = 0; i < kMaxHolds; ++i) {
    account.holds.push_back(HoldOf(i, {LotOf(661, 1)}));
  }
  const std::string bytes = EncodeAccount(account);
  EXPECT_LE(bytes.size(), 12'000u);
  EXPECT_EQ(DecodeAccount(bytes), account);
  for (std::uint32_t i = 0; i < kMaxTallies; ++i) {
    account.tallies.push_back({LimitNo(1 + i / 16), i % 16, BusinessDate(20'179), 1'000'000'000});
  }
  const std::string with_tallies = EncodeAccount(account);
  EXPECT_LE(with_tallies.size(), 110'000u);
  EXPECT_EQ(DecodeAccount(with_tallies), account);
  Account more = account;
  more.tallies.push_back({LimitNo(~0U), 0, BusinessDate(20'179), 1});
  EXPECT_DEATH(EncodeAccount(more), "no record can hold");
  more = account;
  more.lots.push_back(LotOf(kNever.value(), 1));
  EXPECT_DEATH(EncodeAccount(more), "no record can hold");
  more = account;
  more.holds.push_back(HoldOf(kMaxHolds, {LotOf(661, 1)}));
  EXPECT_DEATH(EncodeAccount(more), "no record can hold");
}

TEST(AccountRecord, AccountsThatNoLedgerMakesAreNotWritten) {
  const auto expect_death = [](Account account) {
    EXPECT_DEATH(EncodeAccount(account), "no record can hold");
  };
  expect_death(Citizen({LotOf(662, 1), LotOf(661, 1)}));
  expect_death(Citizen({LotOf(661, 1), LotOf(661, 1)}));
  expect_death(Citizen({LotOf(661, 0)}));
  expect_death(Citizen({LotOf(661, 1, -1)}));
  Account account = Citizen();
  account.held = Amount(-1);
  expect_death(account);
  account = Citizen();
  account.debt = Amount(-1);
  expect_death(account);
  account = Citizen();
  account.holds = {HoldOf(3, {})};
  expect_death(account);
  account.holds = {HoldOf(3, {LotOf(661, 1)}), HoldOf(3, {LotOf(661, 1)})};
  expect_death(account);
  account = Citizen({LotOf(661, 1)});
  account.kind = AccountKind::kMerchant;
  expect_death(account);
  account = Citizen();
  account.members.emplace_back();
  expect_death(account);
  account = Citizen();
  account.dry.first = BusinessDate(20'179);
  expect_death(account);
  account.kind = AccountKind::kBudget;
  account.dry = {BusinessDate(0), BusinessDate(20'179)};
  expect_death(account);
}

TEST(AccountRecord, TalliesThatNoLedgerMakesAreNotWritten) {
  const auto expect_death = [](std::vector<Tally> tallies) {
    Account account = Citizen();
    account.tallies = std::move(tallies);
    EXPECT_DEATH(EncodeAccount(account), "no record can hold");
  };
  const BusinessDate day(20'179);
  const BusinessDate next_day(20'180);
  expect_death({{LimitNo(1), 0, day, 0}});
  expect_death({{LimitNo(1), 0, day, -1}});
  expect_death({{LimitNo(1), 0, day, 1}, {LimitNo(1), 0, day, 2}});
  expect_death({{LimitNo(2), 0, day, 1}, {LimitNo(1), 0, day, 1}});
  expect_death({{LimitNo(1), 1, day, 1}, {LimitNo(1), 0, next_day, 1}});
  expect_death({{LimitNo(1), 0, next_day, 1}, {LimitNo(1), 0, day, 1}});
  Account shop;
  shop.kind = AccountKind::kMerchant;
  shop.carry = 1;
  EXPECT_DEATH(EncodeAccount(shop), "no record can hold");
}

// The fixed part and what follows it, put together by hand; each good as written first.
TEST(AccountRecord, BytesThatNoEncoderMadeAreRefused) {
  const auto good = [](std::string_view hex) {
    EXPECT_TRUE(DecodeAccount(absl::HexStringToBytes(std::string(hex))).has_value()) << hex;
  };
  const auto bad = [](std::string_view hex, std::string_view why) {
    EXPECT_FALSE(DecodeAccount(absl::HexStringToBytes(std::string(hex))).has_value())
        << hex << ": " << why;
  };
  good("02110000010000");
  bad("", "empty");
  bad("0211", "cut");
  bad("01110000010000", "version 1");
  bad("03110000010000", "version 3");
  bad("02100000010000", "kind 0");
  good("021b0000010000");  // of opening balances
  good("021d0000010000");  // between cities
  bad("021e0000010000", "kind 14");
  bad("02010000010000", "status 0");
  bad("02510000010000", "status 5");
  bad("02118000010000", "earnings that are missing");
  bad("0211000001000000", "a byte too many");
  bad("021100000100", "a byte too few");
  bad("0211000081000000", "a number with an empty last byte");
  bad("02110000808080801000000", "an asset over 32 bits");
  bad("0211000001ffffffffffffffffff0200", "a balance over 64 bits");
  bad("021100000100ffffffffffffffffffff01", "a number that never ends");

  good("0211002001000005");  // held
  bad("0211002001000000", "held points that are none");
  bad("02110020010000ffffffffffffffffff01", "held points over 63 bits");
  bad("0212002001000005", "held points of a merchant");
  bad("02110002010000", "a participant that is missing");
  bad("0211000201000000", "a participant that is none");
  bad("02110004010000" + std::string(32, '0'), "an id of zeros");
  good("02110004010000" + std::string(31, '0') + "1");
  bad("0211040001000000"
      "00",
      "a day of nothing");

  good("0211100001000001950501031b00");  // a lot
  good(
      "02111000010000029505010301009605010301"
      "00");
  bad("0212100001000001950501031b00", "lots of a merchant");
  bad("021110000100000095050103"
      "1b00",
      "no lots");
  bad("0211100001000002950501031b00", "fewer lots than told");
  bad("0211100001000001950501030000", "a lot without points");
  bad("0211100001000001808004"
      "01031b00",
      "a month over 16 bits");
  bad("02111000010000029605010301009505010301"
      "00",
      "lots out of order");
  bad("02111000010000029505010301009505010301"
      "00",
      "a lot twice");
  good(
      "0211180001000001950501030"
      "61b00");  // with a contributor
  bad("021118000100000195050103001b00", "contributors that are none");
  bad("02110800010000", "contributors without lots");

  good(
      "0211200001000001"
      "0a0009"
      "019505010301"
      "00");  // a hold
  bad("0211200001000001"
      "0a0009"
      "00",
      "a hold without lots");
  bad("0211200001000002"
      "0a0009"
      "019505010301"
      "00"
      "0a0009"
      "019505010301"
      "00",
      "a hold twice");
  good(
      "0217400001000001"
      "05010000"
      "00");  // a member
  bad("0217400001000001"
      "05020000"
      "00",
      "a member who neither joined nor was invited");
  bad("0211400001000001"
      "05010000"
      "00",
      "members of a citizen");
}

// Bit 8000, of budgets and of accounts with lots.
TEST(AccountRecord, DrySpellsAndEarningsThatNoEncoderMadeAreRefused) {
  const auto good = [](std::string_view hex) {
    EXPECT_TRUE(DecodeAccount(absl::HexStringToBytes(std::string(hex))).has_value()) << hex;
  };
  const auto bad = [](std::string_view hex, std::string_view why) {
    EXPECT_FALSE(DecodeAccount(absl::HexStringToBytes(std::string(hex))).has_value())
        << hex << ": " << why;
  };
  good("02138000010000a6bb0200");      // dry still
  good("02138000010000a6bb02b6bb02");  // dry once
  bad("021380000100000000", "a dry spell that never was");
  bad("0213800001000000b6bb02", "a dry spell that only ended");
  bad("02138000010000a6bb02", "a day is missing");
  bad("02138000010000feffffff1f00", "a day over 32 bits");
  bad("02128000010000a6bb0200", "a dry spell of a merchant");
  bad("02118000010000a6bb0200b6bb02", "a dry spell and more of a citizen");

  good("02118000010000020000");  // carry
  good("02118000010000000200");  // carry of grams
  good(
      "02178000010000000001010000"
      "01");  // a household's tally
  bad("02118000010000000000", "earnings of nothing");
  bad("0211800001000002000101000000", "a tally of nothing");
  bad("021180000100000200010101000080808080808080808001", "an amount over 63 bits");
  bad("02118000010000020001808080801000"
      "0001",
      "a limit over 32 bits");
  bad("02118000010000020001018080808010"
      "0001",
      "a category over 32 bits");
  good(
      "02118000010000020002"
      "01000001"
      "01000201");  // two days
  bad("02118000010000020002"
      "01000001"
      "01000001",
      "a tally twice");
  bad("02118000010000020002"
      "02000001"
      "01000001",
      "tallies out of order");
  bad("02118000010000020002"
      "01000001",
      "fewer tallies than told");
  bad("0212800001000002000100"
      "0001",
      "earnings of a merchant");
}

TEST(AccountRecord, LotsThatOverflowAreRefused) {
  Account account = Citizen();
  account.lots = {LotOf(1, Limits::max()), LotOf(2, 1)};
  EXPECT_DEATH(EncodeAccount(account), "no record can hold");
  account.lots.pop_back();
  std::string bytes = EncodeAccount(account);
  ASSERT_TRUE(DecodeAccount(bytes).has_value());
  account.lots = {LotOf(1, Limits::max() - 1), LotOf(2, 1)};
  bytes = EncodeAccount(account);
  const std::string most = absl::HexStringToBytes("feffffffffffffff7f");
  bytes.replace(bytes.find(most), 1, 1, '\xff');
  EXPECT_FALSE(DecodeAccount(bytes).has_value());
}

TEST(AccountRecord, ChangedAndRandomBytesAreRefusedOrGenuine) {
  std::mt19937_64 random(20261123);
  std::vector<std::string> records;
  Account rich = Citizen({LotOf(661, 27, 350), LotOf(662, 300)});
  rich.holds = {HoldOf(10, {LotOf(661, 5)}), HoldOf(20, {LotOf(660, 5), LotOf(661, 5)})};
  rich.held = Amount(15);
  rich.given = {BusinessDate(19'781), Amount(4)};
  rich.guardian = AccountNo(300);
  records.push_back(EncodeAccount(rich));
  records.push_back(EncodeAccount(Citizen({LotOf(661, 27, 350, 7)})));
  Account household = Citizen({LotOf(661, 27, 350, 7)});
  household.kind = AccountKind::kHousehold;
  household.members = {{AccountNo(5), true, Amount(1'000), rich.given}, {}};
  household.tallies = {{LimitNo(9), 0, BusinessDate(20'179), 300}};
  records.push_back(EncodeAccount(household));
  Account earner = Citizen();
  earner.carry = -400'000;
  earner.gram_carry = 5'200'000;
  earner.tallies = {{LimitNo(1), 0, BusinessDate(20'179), 2},
                    {LimitNo(4), 7, BusinessDate(20'179), 1'000'000}};
  records.push_back(EncodeAccount(earner));
  Account budget;
  budget.kind = AccountKind::kBudget;
  budget.dry = {BusinessDate(20'179), BusinessDate(20'187)};
  records.push_back(EncodeAccount(budget));
  for (const std::string& record : records) {
    for (std::size_t at = 0; at < record.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string bytes = record;
        bytes[at] = static_cast<char>(byte);
        ExpectRefusedOrGenuine(bytes);
        ExpectRefusedOrGenuine(record.substr(0, at));
      }
    }
  }
  for (int i = 0; i < 200'000; ++i) {
    std::string bytes(random() % 64, '\0');
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
    ExpectRefusedOrGenuine(bytes);
    // Half of them with a beginning that is looked into.
    bytes.insert(0, "\x02\x11", 2);
    ExpectRefusedOrGenuine(bytes);
  }
}

}  // namespace
}  // namespace tanhui::store
