#include "ledger/store/record.h"

#include <gtest/gtest.h>

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
  return account;
}

RequestKey ExampleRequest() {
  return {ParticipantNo(2), *RequestId::FromText("018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b")};
}

StoredHead ExampleHead() {
  return {Head{17, LedgerTime(1'709'121'600'000'000), AccountNo(6)}, Counting<Hash256>(0xc0)};
}

constexpr char kAccountHex[] =
    "01010000000100000000000000000000001b000000000000000c"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf";
constexpr char kRequestKeyHex[] = "0000000201018f2a3b4c5d7e6f8a9b0c1d2e3f4a5b";
constexpr char kHeadHex[] =
    "0100000000000000110006126fe1d890000000000000000006"
    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf";

TEST(Record, BytesAreThoseOfTheFirstFormat) {
  EXPECT_EQ(Hex(EncodeAccount(ExampleAccount())), kAccountHex);
  EXPECT_EQ(Hex(RequestKeyBytes(ExampleRequest())), kRequestKeyHex);
  EXPECT_EQ(Hex(EncodeRequest({EntryIndex(11), std::nullopt})), "000000000000000b");
  EXPECT_EQ(Hex(EncodeRequest({EntryIndex(11), EntryIndex(14)})),
            "000000000000000b000000000000000e");
  EXPECT_EQ(Hex(EncodeHead(ExampleHead())), kHeadHex);
  EXPECT_EQ(Hex(TileKey({1, 258})), "010000000000000102");
  EXPECT_EQ(Hex(ReferenceKey(EntryIndex(11))), "72000000000000000b");
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
       {std::string(kAccountHex), std::string(kRequestKeyHex), std::string(kHeadHex),
        Hex(EncodeRequest({EntryIndex(11), EntryIndex(14)})), Hex(TileKey({1, 258}))}) {
    EXPECT_NE(page.find(hex), std::string::npos) << hex << " is not in SCHEMA.md";
  }
}

TEST(Record, AccountsComeBack) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const AccountKind kind : {AccountKind::kCitizen, AccountKind::kMerchant,
                                 AccountKind::kBudget, AccountKind::kIssuance}) {
    for (const std::int64_t balance :
         {Limits::min(), std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, Limits::max()}) {
      Account account = ExampleAccount();
      account.kind = kind;
      account.asset = AssetNo(0xffffffff);
      account.participant = ParticipantNo(0x80000001);
      account.balance = Amount(balance);
      account.last_entry_plus_one = ~std::uint64_t{0};
      EXPECT_EQ(DecodeAccount(EncodeAccount(account)), account);
    }
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
  EXPECT_EQ(DecodeHead(EncodeHead(ExampleHead())), ExampleHead());
  StoredHead early = ExampleHead();
  early.head.time = LedgerTime(-1);
  EXPECT_EQ(DecodeHead(EncodeHead(early)), early);
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{255}, ~std::uint64_t{0}}) {
    EXPECT_EQ(DecodeU64(EncodeU64(value)), value);
  }
}

TEST(Record, OtherSizesAreRefused) {
  const std::string account = EncodeAccount(ExampleAccount());
  const std::string head = EncodeHead(ExampleHead());
  for (std::size_t size = 0; size <= account.size() + 1; ++size) {
    std::string bytes = account;
    bytes.resize(size);
    EXPECT_EQ(DecodeAccount(bytes).has_value(), size == account.size()) << size;
    bytes = head;
    bytes.resize(size);
    EXPECT_EQ(DecodeHead(bytes).has_value(), size == head.size()) << size;
    EXPECT_EQ(DecodeRequest(std::string(size, '\0')).has_value(), size == 8 || size == 16) << size;
    EXPECT_EQ(DecodeU64(std::string(size, '\0')).has_value(), size == 8) << size;
  }
}

TEST(Record, OtherVersionsAndKindsAreRefused) {
  for (const char version : {'\x00', '\x02', '\xff'}) {
    std::string bytes = EncodeAccount(ExampleAccount());
    bytes[0] = version;
    EXPECT_FALSE(DecodeAccount(bytes).has_value());
    bytes = EncodeHead(ExampleHead());
    bytes[0] = version;
    EXPECT_FALSE(DecodeHead(bytes).has_value());
  }
  for (const char kind : {'\x00', '\x05', '\xff'}) {
    std::string bytes = EncodeAccount(ExampleAccount());
    bytes[1] = kind;
    EXPECT_FALSE(DecodeAccount(bytes).has_value()) << static_cast<int>(kind);
  }
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
}

}  // namespace
}  // namespace tanhui::store
