// Codes as people enter them, and their rows.
#include "services/rpc/links/link_code_row.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "ledger/signing/keyed_hash.h"

namespace tanhui::rpc {
namespace {

TEST(LinkCodeRowTest, CodesAreReadWithoutRegardToCaseAndDashes) {
  for (const std::string text : {"0123456789", "O1234-56789", "oi234-56789", "0L2-3456-789-"}) {
    EXPECT_EQ(CanonicalLinkCode(text), "0123456789") << text;
  }
  EXPECT_EQ(CanonicalLinkCode("abcdefghjk"), "ABCDEFGHJK");
  for (const std::string text : {"", "-", "012345678", "01234567890", "01234 6789", "U123456789",
                                 "01234567_9", "0123456\xe5\x85\xab"}) {
    EXPECT_EQ(CanonicalLinkCode(text), std::nullopt) << text;
  }
}

TEST(LinkCodeRowTest, CodesAreTheirOwnCanonicalText) {
  EXPECT_EQ(LinkCodeOf(std::string(7, '\0')), "0000000000");
  EXPECT_EQ(LinkCodeOf(std::string(7, '\xff')), "ZZZZZZZZZZ");
  std::set<std::string> codes;
  for (int i = 0; i < 1'000; ++i) {
    const std::string code = LinkCodeOf(signing::RandomBytes(7).value());
    EXPECT_EQ(CanonicalLinkCode(code), code);
    codes.insert(code);
  }
  EXPECT_EQ(codes.size(), 1'000u);
}

LinkCode Code() {
  LinkCode code;
  code.account = AccountNo(0x0102030405060708);
  code.kind = 3;
  code.creator = ParticipantNo(7);
  code.deadline = LedgerTime(1'800'000'000'000'000);
  code.used_by.bytes.fill(9);
  return code;
}

TEST(LinkCodeRowTest, ARowIsReadAsItWasWritten) {
  const std::string value = LinkCodeValue(Code());
  const auto read = ParseLinkCodeValue(value);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->account, Code().account);
  EXPECT_EQ(read->kind, Code().kind);
  EXPECT_EQ(read->creator, Code().creator);
  EXPECT_EQ(read->deadline, Code().deadline);
  EXPECT_EQ(read->used_by, Code().used_by);
  EXPECT_EQ(value.size(), 38u);
  for (std::size_t size = 0; size < value.size(); ++size) {
    EXPECT_FALSE(ParseLinkCodeValue(value.substr(0, size)).has_value());
  }
  EXPECT_FALSE(ParseLinkCodeValue(value + "x").has_value());
  EXPECT_FALSE(ParseLinkCodeValue("\x02" + value.substr(1)).has_value());
}

TEST(LinkCodeRowTest, DeadlinesSortByTime) {
  LinkCodeHash hash;
  hash.bytes.fill(5);
  const std::string key = LinkDeadlineKey(LedgerTime(255), hash);
  EXPECT_LT(key, LinkDeadlineKey(LedgerTime(256), LinkCodeHash{}));
  const auto read = ParseLinkDeadlineKey(key);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->deadline, LedgerTime(255));
  EXPECT_EQ(read->hash, hash);
  EXPECT_FALSE(ParseLinkDeadlineKey(key.substr(1)).has_value());
  EXPECT_FALSE(ParseLinkDeadlineKey(key + "x").has_value());
  EXPECT_FALSE(ParseLinkDeadlineKey("l" + key.substr(1)).has_value());
}

}  // namespace
}  // namespace tanhui::rpc
