// Rows of kept acts: there and back, nothing readable in them, damage found.
#include "services/rpc/unclaimed/unclaimed_row.h"

#include <gtest/gtest.h>

#include <string>

namespace tanhui::rpc {
namespace {

Hash256 Key(std::string_view letter) { return Hash256::FromView(std::string(32, letter.front())); }

KeptActName Name(char holder, std::int64_t act, char request) {
  return {HolderHash::FromView(std::string(16, holder)), LedgerTime(act),
          KeptRequestHash::FromView(std::string(16, request))};
}

KeptAct Act() {
  KeptAct out;
  out.request.set_request_id("request-77");
  out.request.set_budget("budgets/spring");
  out.request.mutable_act()->set_scenario("metro_ride");
  out.request.mutable_act()->add_evidence()->set_subject("card-8001");
  out.platform = ParticipantNo(3);
  out.received = LedgerTime(1'800'000'000'000'000);
  out.expires = LedgerTime(1'800'100'000'000'000);
  return out;
}

std::string Sealed(const KeptActName& name) {
  const auto value = SealKeptAct(Key("k"), name, Act());
  EXPECT_TRUE(value.ok()) << value.status().ToString();
  return *value;
}

TEST(UnclaimedRow, AnActThereAndBack) {
  const KeptActName name = Name('h', 1'799'000'000'000'000, 'r');
  const std::string key = KeptActKey(name);
  EXPECT_EQ(key.size(), 41U);
  EXPECT_EQ(ParseKeptActKey(key), name);
  EXPECT_TRUE(key.starts_with(KeptActsOf(name.holder)));
  const std::string value = Sealed(name);
  EXPECT_EQ(ExpiryOfKeptAct(value), Act().expires);
  const auto act = OpenKeptAct(Key("k"), name, value);
  ASSERT_TRUE(act.ok()) << act.status().ToString();
  EXPECT_EQ(act->request.SerializeAsString(), Act().request.SerializeAsString());
  EXPECT_EQ(act->platform, Act().platform);
  EXPECT_EQ(act->received, Act().received);
  EXPECT_EQ(act->expires, Act().expires);
  for (const char* text : {"request-77", "spring", "metro", "8001"}) {
    EXPECT_EQ(value.find(text), std::string::npos) << text;
  }
  EXPECT_NE(Sealed(name), value) << "two are never alike";
}

TEST(UnclaimedRow, DamageIsFound) {
  const KeptActName name = Name('h', 1, 'r');
  const std::string value = Sealed(name);
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string bytes = value;
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    EXPECT_TRUE(absl::IsDataLoss(OpenKeptAct(Key("k"), name, bytes).status())) << "byte " << i;
    EXPECT_TRUE(absl::IsDataLoss(OpenKeptAct(Key("k"), name, value.substr(0, i)).status()))
        << "cut at " << i;
  }
  EXPECT_TRUE(absl::IsDataLoss(OpenKeptAct(Key("l"), name, value).status()));
  for (const KeptActName& other : {Name('i', 1, 'r'), Name('h', 2, 'r'), Name('h', 1, 's')}) {
    EXPECT_TRUE(absl::IsDataLoss(OpenKeptAct(Key("k"), other, value).status()))
        << "moved to another row";
  }
  EXPECT_FALSE(ExpiryOfKeptAct("").has_value());
  EXPECT_FALSE(ExpiryOfKeptAct("\x02" + value.substr(1)).has_value());
}

TEST(UnclaimedRow, KeysThereAndBack) {
  const KeptActName name = Name('h', 1'799'000'000'000'000, 'r');
  const std::string request = KeptRequestRowKey(name.request);
  EXPECT_EQ(ParseKeptRequestRow(request, KeptRequestRowValue(name)), name);
  EXPECT_FALSE(ParseKeptRequestRow(request, KeptRequestRowValue(name).substr(1)).has_value());
  EXPECT_FALSE(ParseKeptRequestRow(request + "x", KeptRequestRowValue(name)).has_value());
  const std::string expiry = ExpiryRowKey({LedgerTime(5), name});
  const auto read = ParseExpiryRowKey(expiry);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->expires, LedgerTime(5));
  EXPECT_EQ(read->name, name);
  for (const std::string& wrong : {std::string(), expiry.substr(1), expiry + "x", "u" + expiry}) {
    EXPECT_FALSE(ParseExpiryRowKey(wrong).has_value());
    EXPECT_FALSE(ParseKeptActKey(wrong).has_value());
  }
}

TEST(UnclaimedRow, SortedByHolderAndTime) {
  EXPECT_LT(KeptActKey(Name('h', 255, 'z')), KeptActKey(Name('h', 256, 'a')));
  EXPECT_LT(KeptActKey(Name('h', 256, 'a')), KeptActKey(Name('i', 1, 'a')));
  EXPECT_LT(ExpiryRowKey({LedgerTime(255), Name('z', 9, 'z')}),
            ExpiryRowKey({LedgerTime(256), Name('a', 1, 'a')}));
}

TEST(UnclaimedRow, PageTokens) {
  const KeptActName name = Name('h', 1'799'000'000'000'000, 'r');
  EXPECT_EQ(ParsePageToken(name.holder, FormatPageToken(name)), name);
  for (const char* wrong :
       {"", "-", "1", "1-", "x-72727272727272727272727272727272", "1-7272",
        "-1-72727272727272727272727272727272", "1-7272727272727272727272727272727g"}) {
    EXPECT_FALSE(ParsePageToken(name.holder, wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace tanhui::rpc
