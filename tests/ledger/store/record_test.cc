#include "ledger/store/record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString({bytes.data(), bytes.size()});
}

template <typename Id>
Id Counting(int first) {
  Id id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(first + static_cast<int>(i));
  }
  return id;
}

// The worked examples of SCHEMA.md.
Account ExampleAccount() {
  Account account;
  account.kind = AccountKind::kCitizen;
  account.asset = AssetNo(1);
  account.participant = ParticipantNo(0);
  account.balance = Amount(27);
  account.last_entry_plus_one = 12;
  account.id = Counting<AccountId>(0xa0);
  account.owner = Counting<OwnerId>(0xb0);
  account.lots = {{{Month(661), SchemeNo(1), ParticipantNo(3), AccountNo(0)}, Amount(27), 350}};
  return account;
}

Account ExampleMinor() {
  Account account = ExampleAccount();
  account.status = AccountStatus::kFrozen;
  account.minor = true;
  account.balance = Amount(57);
  account.held = Amount(30);
  account.guardian = AccountNo(7);
  account.lots[0].key.expiry = kNever;
  account.holds = {{EntryIndex(10),
                    LedgerTime(1'709'121'600'000'000),
                    AccountNo(9),
                    {{{Month(661), SchemeNo(1), ParticipantNo(3), AccountNo(0)}, Amount(30), 0}}}};
  return account;
}

Account ExampleHousehold() {
  Account account;
  account.kind = AccountKind::kHousehold;
  account.asset = AssetNo(1);
  account.balance = Amount(5);
  account.last_entry_plus_one = 21;
  account.id = Counting<AccountId>(0xa0);
  account.lots = {{{Month(661), SchemeNo(1), ParticipantNo(3), AccountNo(6)}, Amount(5), 60}};
  account.members = {
      {AccountNo(5), true, Amount(1'000), {BusinessDate(19'781), Amount(4)}},
      {AccountNo(6), false, Amount(50), {}},
  };
  return account;
}

Account ExampleBudget() {
  Account account;
  account.kind = AccountKind::kBudget;
  account.asset = AssetNo(1);
  account.balance = Amount(250);
  account.last_entry_plus_one = 21;
  account.participant = ParticipantNo(3);
  account.funded = Amount(1'000);
  account.dry = {BusinessDate(20'179), BusinessDate(20'187)};
  return account;
}

Account ExampleEarner() {
  Account account = ExampleAccount();
  account.balance = Amount(0);
  account.lots.clear();
  account.carry = 400'000;
  account.gram_carry = -5'200'000;
  account.tallies = {{LimitNo(1), 0, BusinessDate(20'179), 2},
                     {LimitNo(4), 7, BusinessDate(20'179), 1'000'000}};
  return account;
}

// Day 20,179 and sixteen bytes from e0.
Nullifier ExampleNullifier() {
  Nullifier nullifier = Counting<Nullifier>(0xe0 - 4);
  const std::array<std::uint8_t, 4> date = {0, 0, 0x4e, 0xd3};
  std::copy(date.begin(), date.end(), nullifier.bytes.begin());
  return nullifier;
}

RequestKey ExampleRequest() {
  return {ParticipantNo(2), *RequestId::FromText("018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b")};
}

StoredHead ExampleHead() {
  return {Head{17, LedgerTime(1'709'121'600'000'000), AccountNo(6)}, Counting<Hash256>(0xc0)};
}

constexpr char kAccountHex[] =
    "0211100c01360ca0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
    "01950501031bde02";
constexpr char kMinorHex[] =
    "022130ad01720ca0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
    "1e0701ffff0301031bde02010a80c0c49dfc9b89060901950501031e00";
constexpr char kHouseholdHex[] =
    "02175804010a15a0a1a2a3a4a5a6a7a8a9aaabacadaeaf01950501030605"
    "3c020501d00f8ab50208060064"
    "0000";
constexpr char kBudgetHex[] = "0213801201f4031503d00fa6bb02b6bb02";
constexpr char kEarnerHex[] =
    "0211800c01000ca0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
    "80ea30ffe1fa04020100a6bb02020407a6bb02c0843d";
constexpr char kNullifierHex[] = "00004ed3e0e1e2e3e4e5e6e7e8e9eaebecedeeef";
constexpr char kProductEarningHex[] = "00000003000000000000000b";
constexpr char kHistoryKeyHex[] = "000000000000000b0000000000001267";
constexpr char kRequestKeyHex[] = "0000000201018f2a3b4c5d7e6f8a9b0c1d2e3f4a5b";
constexpr char kHeadHex[] =
    "0100000000000000110006126fe1d890000000000000000006"
    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf";

TEST(Record, BytesAreThoseOfTheSecondFormat) {
  EXPECT_EQ(Hex(EncodeAccount(ExampleAccount())), kAccountHex);
  EXPECT_EQ(Hex(EncodeAccount(ExampleMinor())), kMinorHex);
  EXPECT_EQ(Hex(EncodeAccount(ExampleHousehold())), kHouseholdHex);
  EXPECT_EQ(Hex(EncodeAccount(ExampleBudget())), kBudgetHex);
  EXPECT_EQ(Hex(EncodeAccount(ExampleEarner())), kEarnerHex);
  EXPECT_EQ(Hex(ExampleNullifier().view()), kNullifierHex);
  EXPECT_EQ(Hex(ProductEarningKey(3, EntryIndex(11))), kProductEarningHex);
  EXPECT_EQ(Hex(EncodeUndone({Amount(300), 2, false})), "00ac0202");
  EXPECT_EQ(Hex(HistoryKey(AccountNo(11), 4711)), kHistoryKeyHex);
  EXPECT_EQ(Hex(RequestKeyBytes(ExampleRequest())), kRequestKeyHex);
  EXPECT_EQ(Hex(EncodeRequest({EntryIndex(11), std::nullopt})), "000000000000000b");
  EXPECT_EQ(Hex(EncodeRequest({EntryIndex(11), EntryIndex(14)})),
            "000000000000000b000000000000000e");
  EXPECT_EQ(Hex(EncodeHead(ExampleHead())), kHeadHex);
  EXPECT_EQ(Hex(TileKey({1, 258})), "010000000000000102");
  EXPECT_EQ(Hex(ReferenceKey(EntryIndex(11))), "72000000000000000b");
  EXPECT_EQ(Hex(SealedEvidenceKey(EntryIndex(11))), "65000000000000000b");
  EXPECT_EQ(Hex(PlatformUserKeyBytes(Counting<PlatformUserKey>(0))),
            "75000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
}

// The page for people and the code say the same. Blanks and line breaks of the page do not count.
TEST(Record, SchemaPageHoldsTheseBytes) {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  const std::string here = __FILE__;
  const std::string root =
      source != nullptr ? source : here.substr(0, here.find("/tests/ledger/store/"));
  std::string page;
  // In an example only hex digits stand before the two blanks that begin its remark.
  const std::string text = ReadBytes(root + "/ledger/store/SCHEMA.md");
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string line = text.substr(start, end - start);
    line = line.substr(0, line.find("   ", line.find_first_not_of(' ') == std::string::npos
                                               ? 0
                                               : line.find_first_not_of(' ')));
    for (const char c : line) {
      if (c != ' ') {
        page.push_back(c);
      }
    }
    start = end + 1;
  }
  for (const std::string& hex :
       {std::string(kAccountHex), std::string(kMinorHex), std::string(kHouseholdHex),
        std::string(kBudgetHex), std::string(kEarnerHex), std::string(kNullifierHex),
        std::string(kProductEarningHex), std::string(kHistoryKeyHex), std::string(kRequestKeyHex),
        std::string(kHeadHex), Hex(EncodeUndone({Amount(300), 2, false})),
        Hex(EncodeRequest({EntryIndex(11), EntryIndex(14)})), Hex(TileKey({1, 258}))}) {
    EXPECT_NE(page.find(hex), std::string::npos) << hex << " is not in SCHEMA.md";
  }
}

TEST(Record, RequestsAndHeadsComeBack) {
  for (const char* id : {"x", "018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b",
                         "0123456789012345678901234567890123456789012345678901234567890123"}) {
    const RequestKey key{ParticipantNo(0xfffffffe), *RequestId::FromText(id)};
    EXPECT_EQ(DecodeRequestKey(RequestKeyBytes(key)), key);
  }
  for (const auto& cancelled :
       {std::optional<EntryIndex>(), std::optional(EntryIndex(9)), std::optional(EntryIndex(0))}) {
    const RequestRecord record{EntryIndex(~std::uint64_t{0} >> 1), cancelled};
    EXPECT_EQ(DecodeRequest(EncodeRequest(record)), record);
  }
  for (const Undone& undone :
       {Undone(), Undone{Amount(1), ~std::uint64_t{0}, true},
        Undone{Amount(std::numeric_limits<std::int64_t>::max()), 1, false}}) {
    EXPECT_EQ(DecodeUndone(EncodeUndone(undone)), undone);
  }
  const auto row = DecodeHistoryKey(HistoryKey(AccountNo(~std::uint64_t{0}), 1));
  EXPECT_EQ(row->account, AccountNo(~std::uint64_t{0}));
  EXPECT_EQ(row->last_entry_plus_one, 1u);
  const auto earning = DecodeProductEarningKey(ProductEarningKey(~std::uint32_t{0}, EntryIndex(9)));
  EXPECT_EQ(earning->product, ~std::uint32_t{0});
  EXPECT_EQ(earning->entry, EntryIndex(9));
  EXPECT_EQ(DecodeHead(EncodeHead(ExampleHead())), ExampleHead());
  StoredHead early = ExampleHead();
  early.head.time = LedgerTime(-1);
  EXPECT_EQ(DecodeHead(EncodeHead(early)), early);
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{255}, ~std::uint64_t{0}}) {
    EXPECT_EQ(DecodeU64(EncodeU64(value)), value);
  }
}

TEST(Record, OtherSizesAreRefused) {
  const std::string head = EncodeHead(ExampleHead());
  const std::string history = HistoryKey(AccountNo(1), 1);
  for (std::size_t size = 0; size <= head.size() + 1; ++size) {
    std::string bytes = head;
    bytes.resize(size);
    EXPECT_EQ(DecodeHead(bytes).has_value(), size == head.size()) << size;
    bytes = history;
    bytes.resize(size);
    EXPECT_EQ(DecodeHistoryKey(bytes).has_value(), size == history.size()) << size;
    EXPECT_EQ(DecodeRequest(std::string(size, '\0')).has_value(), size == 8 || size == 16) << size;
    EXPECT_EQ(DecodeU64(std::string(size, '\0')).has_value(), size == 8) << size;
    EXPECT_EQ(DecodeProductEarningKey(std::string(size, '\0')).has_value(), size == 12) << size;
  }
}

TEST(Record, OtherVersionsAreRefused) {
  for (const char version : {'\x00', '\x02', '\xff'}) {
    std::string bytes = EncodeHead(ExampleHead());
    bytes[0] = version;
    EXPECT_FALSE(DecodeHead(bytes).has_value());
  }
}

TEST(Record, WhatWasUndoneIsRefusedUnlessAnEncoderMadeIt) {
  using namespace std::string_literals;
  for (const std::string& bytes :
       {""s, "\0"s, "\0\0"s, "\0\0\0\0"s, "\2\0\0"s, "\0\x80\0\0"s, "\0\xff"s,
        // Points over 63 bits, a quantity over 64.
        "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\0"s,
        "\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\3"s}) {
    EXPECT_FALSE(DecodeUndone(bytes).has_value()) << Hex(bytes);
  }
  EXPECT_FALSE(DecodeHistoryKey(std::string(16, '\0')).has_value()) << "no entry";
}

TEST(Record, RequestKeysThatNoEncoderMadeAreRefused) {
  const std::string good = RequestKeyBytes(ExampleRequest());
  for (const std::string& bytes :
       {std::string(), good.substr(0, 3), good.substr(0, 4), good.substr(0, good.size() - 1),
        good + "x", good.substr(0, 4) + "\x02", good.substr(0, 4) + "\x03" + "text",
        good.substr(0, 4) + "\x02" + std::string(65, 'x')}) {
    EXPECT_FALSE(DecodeRequestKey(bytes).has_value()) << Hex(bytes);
  }
}

TEST(Record, KeysSortAsTheirNumbersDo) {
  std::string last;
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256},
        std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    EXPECT_LT(last, EncodeU64(value));
    last = EncodeU64(value);
  }
  EXPECT_LT(TileKey({0, ~std::uint64_t{0}}), TileKey({1, 0}));
  EXPECT_LT(HistoryKey(AccountNo(1), ~std::uint64_t{0}), HistoryKey(AccountNo(2), 1));
  EXPECT_LT(HistoryKey(AccountNo(2), 255), HistoryKey(AccountNo(2), 256));
  EXPECT_LT(ProductEarningKey(1, EntryIndex(~std::uint64_t{0})),
            ProductEarningKey(256, EntryIndex(0)));
  EXPECT_LT(ProductEarningKey(2, EntryIndex(255)), ProductEarningKey(2, EntryIndex(256)));
}

}  // namespace
}  // namespace tanhui::store
