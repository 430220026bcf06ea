#include "ledger/core/request_id.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "tests/ledger/core/world.h"

namespace tanhui {
namespace {

using world::ToHex;

constexpr std::string_view kUuid = "018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b";

std::string StoredHex(std::string_view text) {
  const auto id = RequestId::FromText(text);
  return id.has_value() ? ToHex(id->stored()) : "none";
}

TEST(RequestIdTest, PacksACanonicalUuid) {
  EXPECT_EQ(StoredHex(kUuid), "01018f2a3b4c5d7e6f8a9b0c1d2e3f4a5b");
  EXPECT_EQ(StoredHex("00000000-0000-0000-0000-000000000000"), "01" + std::string(32, '0'));
  EXPECT_EQ(StoredHex("ffffffff-ffff-ffff-ffff-ffffffffffff"), "01" + std::string(32, 'f'));
}

TEST(RequestIdTest, KeepsEveryOtherTextAsItIs) {
  const std::string upper = "018F2A3B-4C5D-7E6F-8A9B-0C1D2E3F4A5B";
  const std::string one_upper = "018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5B";
  const std::string moved_dash = "018f2a3b4-c5d-7e6f-8a9b-0c1d2e3f4a5b";
  const std::string bare = "018f2a3b4c5d7e6f8a9b0c1d2e3f4a5b";
  const std::string no_hex = "018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5g";
  const std::string braces = "{018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b}";
  const std::string nul("a\0b", 3);
  for (const std::string& text : {upper, one_upper, moved_dash, bare, no_hex, braces, nul,
                                  std::string("x"), std::string("\x01"), std::string(64, 'y')}) {
    EXPECT_EQ(StoredHex(text), "02" + ToHex(text)) << text;
    EXPECT_EQ(RequestId::FromText(text)->text(), text);
  }
}

TEST(RequestIdTest, RefusesEmptyAndTooLong) {
  EXPECT_EQ(StoredHex(""), "none");
  EXPECT_EQ(StoredHex(std::string(65, 'y')), "none");
}

TEST(RequestIdTest, StoredFormsReadBack) {
  const std::string uuid_form = "\x01" + std::string(16, '\xab');
  for (const std::string& stored : {uuid_form, std::string("\x02x"), "\x02" + std::string(64, 'y'),
                                    "\x02" + std::string(16, '\x01')}) {
    const auto id = RequestId::FromStored(stored);
    ASSERT_TRUE(id.has_value()) << ToHex(stored);
    EXPECT_EQ(id->stored(), stored);
    EXPECT_EQ(RequestId::FromText(id->text()), id);
  }
}

TEST(RequestIdTest, RefusesWhatIsNoStoredForm) {
  const std::string rows[] = {
      "",
      "\x01",
      "\x02",                         // text of no length
      "\x01" + std::string(15, 'a'),  // a UUID too short
      "\x01" + std::string(17, 'a'),  // a UUID too long
      "\x02" + std::string(65, 'y'),  // text too long
      std::string("\0x", 2),          // no known form
      "\x03x",                        // no known form
      "x",                            // no form at all
      "\x02" + std::string(kUuid),    // should have been packed: one id would be two
      "\x02"
      "00000000-0000-0000-0000-000000000000",
  };
  for (const std::string& stored : rows) {
    EXPECT_EQ(RequestId::FromStored(stored), std::nullopt) << ToHex(stored);
  }
}

// Texts that are likely to be mistaken for one another: UUIDs, nearly UUIDs, raw bytes.
rc::Gen<std::string> Texts() {
  const auto hex =
      rc::gen::container<std::string>(32, rc::gen::elementOf(std::string("0123456789abcdef")));
  const auto uuid = rc::gen::map(hex, [](const std::string& digits) {
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
           digits.substr(16, 4) + "-" + digits.substr(20);
  });
  const auto damaged = rc::gen::map(
      rc::gen::tuple(uuid, rc::gen::inRange<std::size_t>(0, 36), rc::gen::arbitrary<char>()),
      [](std::tuple<std::string, std::size_t, char> parts) {
        std::get<0>(parts)[std::get<1>(parts)] = std::get<2>(parts);
        return std::get<0>(parts);
      });
  const auto any = rc::gen::suchThat(rc::gen::arbitrary<std::string>(), [](const std::string& s) {
    return !s.empty() && s.size() <= RequestId::kMaxText;
  });
  return rc::gen::oneOf(uuid, damaged, any);
}

TEST(RequestIdTest, TwoTextsAreEqualExactlyWhenTheirStoredFormsAre) {
  const auto injective = [] {
    const std::string a = *Texts();
    const std::string b = *rc::gen::oneOf(rc::gen::just(a), Texts());
    const auto id_a = RequestId::FromText(a);
    const auto id_b = RequestId::FromText(b);
    RC_ASSERT(id_a.has_value() && id_b.has_value());
    RC_ASSERT((a == b) == (id_a->stored() == id_b->stored()));
    RC_ASSERT((a == b) == (*id_a == *id_b));
    RC_ASSERT(id_a->text() == a);
    RC_ASSERT(RequestId::FromStored(id_a->stored()) == id_a);
  };
  EXPECT_TRUE(rc::check("stored forms are injective", injective));
}

TEST(RequestIdTest, WhatReadsAsStoredIsTheStoredFormOfItsText) {
  const auto canonical = [] {
    const auto form = *rc::gen::inRange<int>(0, 4);
    const std::string stored = static_cast<char>(form) + *Texts();
    const auto id = RequestId::FromStored(stored);
    if (!id.has_value()) {
      return;
    }
    RC_ASSERT(id->stored() == stored);
    RC_ASSERT(RequestId::FromText(id->text()) == id);
  };
  EXPECT_TRUE(rc::check("stored forms are canonical", canonical));
}

TEST(RequestIdTest, HashesByContent) {
  absl::flat_hash_set<RequestId> ids;
  ids.insert(*RequestId::FromText("a"));
  ids.insert(*RequestId::FromText("a"));
  ids.insert(*RequestId::FromText("b"));
  ids.insert(*RequestId::FromText(kUuid));
  ids.insert(*RequestId::FromStored(RequestId::FromText(kUuid)->stored()));
  EXPECT_EQ(ids.size(), 3u);
}

TEST(RequestIdTest, KeysAreUniqueWithinTheirCaller) {
  const RequestId id = *RequestId::FromText("a");
  EXPECT_NE((RequestKey{ParticipantNo(1), id}), (RequestKey{ParticipantNo(2), id}));
  absl::flat_hash_set<RequestKey> keys = {{ParticipantNo(1), id}, {ParticipantNo(2), id}};
  EXPECT_EQ(keys.size(), 2u);
}

TEST(RequestIdTest, ReadsTheTimeInsideAUuidV7) {
  struct Row {
    std::string_view text;
    std::optional<std::int64_t> micros;
  };
  const Row rows[] = {
      // The example of RFC 9562, A.6: 2022-02-22T19:22:22.000Z.
      {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 1'645'557'742'000'000},
      {"00000000-0000-7000-8000-000000000000", 0},
      {"00000000-0001-7fff-bfff-ffffffffffff", 1'000},
      {"ffffffff-ffff-7000-8000-000000000000", 281'474'976'710'655'000},
      {"017f22e2-79b0-4cc3-98c4-dc0c0c07398f", std::nullopt},  // version 4
      {"017f22e2-79b0-8cc3-98c4-dc0c0c07398f", std::nullopt},  // version 8
      {"017f22e2-79b0-7cc3-18c4-dc0c0c07398f", std::nullopt},  // variant 0
      {"017f22e2-79b0-7cc3-d8c4-dc0c0c07398f", std::nullopt},  // variant of Microsoft
      {"017F22E2-79B0-7CC3-98C4-DC0C0C07398F", std::nullopt},  // text, not a packed UUID
      {"a", std::nullopt},
  };
  for (const Row& row : rows) {
    const auto time = RequestId::FromText(row.text)->UuidV7Time();
    EXPECT_EQ(time.has_value() ? std::optional(time->value()) : std::nullopt, row.micros)
        << row.text;
  }
  EXPECT_EQ(RequestId().UuidV7Time(), std::nullopt);
}

TEST(RequestIdTest, ABlockedRecordNamesItsOwnTombstone) {
  EXPECT_FALSE((RequestRecord{EntryIndex(4), std::nullopt}).blocked());
  EXPECT_FALSE((RequestRecord{EntryIndex(4), EntryIndex(5)}).blocked());
  EXPECT_TRUE((RequestRecord{EntryIndex(4), EntryIndex(4)}).blocked());
}

}  // namespace
}  // namespace tanhui
