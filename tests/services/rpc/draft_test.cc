// Forms of fields: timestamps, hexadecimal, names, roles, and the order in which refusals count.
#include "services/rpc/draft.h"

#include <gtest/gtest.h>

#include <string>

#include "ledger/core/request_id.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"

namespace tanhui::rpc {
namespace {

google::protobuf::Timestamp Time(std::int64_t seconds, std::int32_t nanos) {
  google::protobuf::Timestamp out;
  out.set_seconds(seconds);
  out.set_nanos(nanos);
  return out;
}

TEST(TimestampTest, ReadAndWritten) {
  const auto time = ParseTimestamp(Time(1'750'000'000, 123'456'789));
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(time->value(), 1'750'000'000'123'456) << "cut to microseconds";
  EXPECT_EQ(ToTimestamp(*time).seconds(), 1'750'000'000);
  EXPECT_EQ(ToTimestamp(*time).nanos(), 123'456'000);
}

TEST(TimestampTest, OutsideOfWhatARequestMayName) {
  const std::int64_t earliest = kEarliestTime.value() / kMicrosPerSecond;
  const std::int64_t latest = kLatestTime.value() / kMicrosPerSecond;
  EXPECT_TRUE(ParseTimestamp(Time(earliest, 0)).has_value());
  EXPECT_TRUE(ParseTimestamp(Time(latest, 0)).has_value());
  for (const auto& time :
       {Time(earliest - 1, 999'999'999), Time(latest + 1, 0), Time(0, 0), Time(INT64_MIN, 0),
        Time(INT64_MAX, 0), Time(1'750'000'000, -1), Time(1'750'000'000, 1'000'000'000)}) {
    EXPECT_FALSE(ParseTimestamp(time).has_value()) << time.ShortDebugString();
  }
}

TEST(HexTest, ThirtyTwoLowerCaseDigits) {
  const std::string text = "0123456789abcdef00ff7f80a5a5a5a5";
  const auto bytes = ParseHex16(text);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(bytes->size(), 16U);
  EXPECT_EQ(Hex(*bytes), text);
  EXPECT_EQ(Hex(""), "");
  for (const std::string& wrong :
       {std::string(), text.substr(1), text + "0", std::string("0123456789ABCDEF00ff7f80a5a5a5a5"),
        std::string("0123456789abcdeg00ff7f80a5a5a5a5"),
        std::string(" 123456789abcdef00ff7f80a5a5a5a5")}) {
    EXPECT_FALSE(ParseHex16(wrong).has_value()) << wrong;
  }
}

TEST(AccountNameTest, ThereAndBack) {
  const std::string name = "accounts/0123456789abcdef00ff7f80a5a5a5a5";
  const auto id = ParseAccountName(name);
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(AccountName(*id), name);
  for (const std::string& wrong :
       {std::string(), std::string("accounts/"), name.substr(9), name + "/", "account" + name,
        "Accounts/" + name.substr(9), "accounts//" + name.substr(10)}) {
    EXPECT_FALSE(ParseAccountName(wrong).has_value()) << wrong;
  }
}

TEST(HoldNameTest, ThereAndBack) {
  EXPECT_EQ(HoldName(EntryIndex(42)), "holds/42");
  for (const std::uint64_t index : {std::uint64_t{1}, std::uint64_t{42}, ~std::uint64_t{0}}) {
    EXPECT_EQ(ParseHoldName(HoldName(EntryIndex(index))), EntryIndex(index));
  }
  for (const std::string wrong :
       {"", "42", "holds", "holds/", "holds/0", "holds/042", "holds/-1", "holds/+1", "holds/1x",
        "holds/ 1", "holds/18446744073709551616", "Holds/1"}) {
    EXPECT_FALSE(ParseHoldName(wrong).has_value()) << wrong;
  }
}

TEST(RoleTest, ByName) {
  EXPECT_EQ(ParseRole("admin"), Role::kAdmin);
  EXPECT_EQ(ParseRole("platform"), Role::kPlatform);
  EXPECT_EQ(ParseRole("grantor"), Role::kGrantor);
  EXPECT_EQ(ParseRole("auditor"), Role::kAuditor);
  for (const std::string wrong : {"", "Admin", "admin ", "root"}) {
    EXPECT_FALSE(ParseRole(wrong).has_value()) << wrong;
  }
  Roles roles;
  roles.Add(Role::kAuditor);
  EXPECT_TRUE(roles.Has(Role::kAuditor));
  EXPECT_FALSE(roles.Has(Role::kAdmin));
}

// One key for each purpose and each party: nothing derived for one tells anything of another.
TEST(SecretsTest, DependOnEveryPart) {
  const Secrets secrets(std::string(32, 'k'));
  const ParticipantNo a(1);
  const ParticipantNo b(2);
  EXPECT_EQ(secrets.ForPlatformUser(a, AssetNo(1), "u"),
            Secrets(std::string(32, 'k')).ForPlatformUser(a, AssetNo(1), "u"));
  EXPECT_NE(secrets.ForPlatformUser(a, AssetNo(1), "u"),
            Secrets(std::string(32, 'l')).ForPlatformUser(a, AssetNo(1), "u"));
  EXPECT_NE(secrets.ForPlatformUser(a, AssetNo(1), "u"),
            secrets.ForPlatformUser(b, AssetNo(1), "u"));
  EXPECT_NE(secrets.ForPlatformUser(a, AssetNo(1), "u"),
            secrets.ForPlatformUser(a, AssetNo(2), "u"));
  EXPECT_NE(secrets.ForPlatformUser(a, AssetNo(1), "u"),
            secrets.ForPlatformUser(a, AssetNo(1), "v"));
  EXPECT_NE(secrets.RequestIdKey(a), secrets.RequestIdKey(b));
  const RequestKey first{a, *RequestId::FromText("1")};
  const RequestKey second{a, *RequestId::FromText("2")};
  EXPECT_EQ(secrets.ReferenceCommitment(first, "r"), secrets.ReferenceCommitment(first, "r"));
  EXPECT_NE(secrets.ReferenceCommitment(first, "r"), secrets.ReferenceCommitment(first, "s"));
  // The same reference of two requests cannot be told to be the same.
  EXPECT_NE(secrets.ReferenceCommitment(first, "r"), secrets.ReferenceCommitment(second, "r"));
}

}  // namespace
}  // namespace tanhui::rpc
