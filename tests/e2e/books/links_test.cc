// One person, five platforms: one account, one set of caps, and no two names alike. Then the whole
// directory of the server is searched for what must not be there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/api_fixture.h"
#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

constexpr int kPlatforms = 5;

std::string CodeOf(int platform) { return absl::StrCat("city-app-", platform); }
std::string TokenOf(int platform) { return absl::StrCat("token of app ", platform); }
// Each platform calls the person by something else; one by a phone number.
std::string UserOf(int platform) {
  return platform == 1 ? "13812345678" : absl::StrCat("user-", 7000 + platform, "-zhangsan");
}

std::vector<TokenCaller> Platforms() {
  std::vector<TokenCaller> callers;
  for (int i = 0; i < kPlatforms; ++i) {
    callers.push_back({CodeOf(i), TokenOf(i), {"platform", "grantor"}});
  }
  return callers;
}

ServerOptions WithPlatforms() {
  ServerOptions options;
  options.callers = Platforms();
  options.callers.push_back({"shop", "token of the shop", {"platform"}});
  return options;
}

class LinksTest : public testing::Test {
 protected:
  LinksTest() : server_(WithPlatforms()) {}

  void SetUp() override {
    ASSERT_TRUE(server_.Start());
    Connect();
    ASSERT_TRUE(MakeDemoLedger(*operator_));
    for (int i = 0; i < kPlatforms; ++i) {
      v1::CreateParticipantRequest request;
      request.set_request_id(CodeOf(i));
      request.set_participant_id(CodeOf(i));
      request.set_display_name("平台");
      request.set_kind(v1::PARTICIPANT_KIND_PLATFORM);
      ASSERT_TRUE(operator_->Call(&AdminStub::CreateParticipant, request).ok());
    }
  }

  void Connect() { operator_ = std::make_unique<Client>(server_.NewChannel()); }
  Client At(int platform) const { return operator_->WithToken(TokenOf(platform)); }
  Client Shop() const { return operator_->WithToken("token of the shop"); }

  std::string CodeFrom(int platform, const std::string& user) {
    v1::CreateLinkCodeRequest request;
    request.set_platform_user_id(user);
    request.set_asset("assets/points");
    const auto made = At(platform).Call(&LinksStub::CreateLinkCode, request);
    EXPECT_TRUE(made.ok()) << made.status.error_message();
    codes_.push_back(made.response.code());
    return made.response.code();
  }

  // The account as the platform names it.
  std::string Link(int platform, const std::string& code, const std::string& user) {
    v1::LinkRequest request;
    request.set_request_id(absl::StrCat("link ", ++links_));
    request.set_code(code);
    request.set_platform_user_id(user);
    *request.mutable_consent_time() = SecondsFromNow(-1);
    const auto linked = At(platform).Call(&LinksStub::Link, request);
    EXPECT_TRUE(linked.ok()) << linked.status.error_message();
    return linked.response.account();
  }

  static v1::GetAccountRequest ByUser(const std::string& user) {
    v1::GetAccountRequest request;
    request.set_platform_user_id(user);
    request.set_asset("assets/points");
    return request;
  }
  static v1::GetAccountRequest ByName(const std::string& name) {
    v1::GetAccountRequest request;
    request.set_name(name);
    return request;
  }
  static std::string WhyNotRead(const Client& client, const v1::GetAccountRequest& request) {
    return client.Call(&AccountsStub::GetAccount, request).reason();
  }

  ServerProcess server_;
  std::unique_ptr<Client> operator_;
  std::vector<std::string> codes_;
  int links_ = 0;
};

TEST_F(LinksTest, FivePlatformsOnePerson) {
  std::vector<std::string> names = {OpenCitizen(At(0), UserOf(0))};
  for (int i = 1; i < kPlatforms; ++i) {
    names.push_back(Link(i, CodeFrom(i - 1, UserOf(i - 1)), UserOf(i)));
  }
  std::set<std::string> owners;
  for (int i = 0; i < kPlatforms; ++i) {
    SCOPED_TRACE(i);
    const auto mine = At(i).Call(&AccountsStub::GetAccount, ByUser(UserOf(i)));
    ASSERT_TRUE(mine.ok()) << mine.status.error_message();
    EXPECT_EQ(mine.response.account().name(), names[static_cast<std::size_t>(i)]);
    owners.insert(mine.response.account().owner());
    // By its own name each awards to the same account; by anybody else's to none.
    for (int j = 0; j < kPlatforms; ++j) {
      const auto award = At(i).Call(
          &PointsStub::Award,
          AwardOf(absl::StrCat("award ", i, " ", j), names[static_cast<std::size_t>(j)], 10));
      EXPECT_EQ(award.reason(), i == j ? "" : "UNKNOWN_ACCOUNT") << j;
    }
    v1::AwardRequest by_user = AwardOf(absl::StrCat("by user ", i), "", 1);
    by_user.set_platform_user_id(UserOf(i));
    const auto award = At(i).Call(&PointsStub::Award, by_user);
    EXPECT_EQ(award.response.account(), names[static_cast<std::size_t>(i)]);
    EXPECT_EQ(award.response.balance(), 11 * (i + 1));
    EXPECT_EQ(WhyNotRead(*operator_, ByName(names[static_cast<std::size_t>(i)])), "UNKNOWN_ACCOUNT")
        << "an operator uses the id";
  }
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_EQ(owners.size(), names.size());

  // What each sees of the entries of the others are the entries, not who they are.
  v1::ListEntriesRequest list;
  list.set_parent(names[4]);
  const auto entries = At(4).Call(&AccountsStub::ListEntries, list);
  EXPECT_EQ(entries.response.entries_size(), 2 * kPlatforms);

  // At a till: the merchant takes points by the name that a platform told it, and nobody else's.
  v1::ResolveRequest resolve;
  resolve.set_platform_user_id(UserOf(3));
  resolve.set_asset("assets/points");
  resolve.set_audience("participants/shop");
  const auto told = At(3).Call(&LinksStub::Resolve, resolve);
  ASSERT_TRUE(told.ok()) << told.status.error_message();
  const std::string at_till = told.response.account();
  EXPECT_THAT(names, testing::Not(testing::Contains(at_till)));
  EXPECT_TRUE(Shop().Call(&PointsStub::Redeem, RedeemOf("sale", at_till, 5)).ok());
  EXPECT_EQ(Shop().Call(&PointsStub::Redeem, RedeemOf("no sale", names[3], 5)).reason(),
            "UNKNOWN_ACCOUNT");
  EXPECT_EQ(WhyNotRead(Shop(), ByName(at_till)), "UNKNOWN_ACCOUNT") << "a till needs no history";
  EXPECT_EQ(At(2).Call(&PointsStub::Redeem, RedeemOf("theirs", at_till, 5)).reason(),
            "UNKNOWN_ACCOUNT");
  resolve.set_audience("participants/" + CodeOf(2));
  EXPECT_EQ(At(3).Call(&LinksStub::Resolve, resolve).reason(), "PERMISSION_DENIED");
}

TEST_F(LinksTest, ReboundAndUnlinked) {
  const std::string name = OpenCitizen(At(0), "old phone");
  ASSERT_TRUE(At(0).Call(&PointsStub::Award, AwardOf("award", name, 50)).ok());
  v1::RebindRequest rebind;
  rebind.set_request_id("rebind");
  rebind.set_platform_user_id("old phone");
  rebind.set_new_platform_user_id("new phone");
  rebind.set_asset("assets/points");
  ASSERT_TRUE(At(0).Call(&LinksStub::Rebind, rebind).ok());
  EXPECT_EQ(WhyNotRead(At(0), ByUser("old phone")), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(
      At(0).Call(&AccountsStub::GetAccount, ByUser("new phone")).response.account().available(),
      50);
  // The number belongs to somebody else now, who gets an account of his own.
  const auto other = At(0).Call(&AccountsStub::OpenAccount, OpeningOf("somebody", "old phone"));
  ASSERT_TRUE(other.ok()) << other.status.error_message();
  EXPECT_NE(other.response.account().name(), name);
  EXPECT_EQ(
      At(0).Call(&AccountsStub::GetAccount, ByUser("old phone")).response.account().available(), 0);

  const std::string at_b = Link(1, CodeFrom(0, "new phone"), "b's");
  v1::UnlinkRequest unlink;
  unlink.set_request_id("unlink");
  unlink.set_platform_user_id("b's");
  unlink.set_asset("assets/points");
  unlink.set_reason("owner_asked");
  ASSERT_TRUE(At(1).Call(&LinksStub::Unlink, unlink).ok());
  EXPECT_TRUE(At(1).Call(&LinksStub::Unlink, unlink).response.replayed());
  v1::ListEntriesRequest list;
  list.set_parent(at_b);
  EXPECT_EQ(At(1).Call(&AccountsStub::ListEntries, list).reason(), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(WhyNotRead(At(1), ByUser("b's")), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(At(1).Call(&PointsStub::Award, AwardOf("late", at_b, 1)).reason(), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(WhyNotRead(At(0), ByName(name)), "") << "the first platform keeps its own";

  // All of it is there again after a restart.
  operator_.reset();
  ASSERT_EQ(server_.Stop(), 0);
  ASSERT_TRUE(server_.Start());
  Connect();
  EXPECT_EQ(WhyNotRead(At(1), ByName(at_b)), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(WhyNotRead(At(0), ByName(name)), "");
  EXPECT_EQ(WhyNotRead(At(0), ByUser("new phone")), "");
  EXPECT_TRUE(At(1).Call(&LinksStub::Unlink, unlink).response.replayed());
}

// Neither links nor names survive a kill in halves.
TEST_F(LinksTest, AfterAKill) {
  const std::string name = OpenCitizen(At(0), "a's");
  const std::string at_b = Link(1, CodeFrom(0, "a's"), "b's");
  operator_.reset();
  server_.Kill();
  ASSERT_TRUE(server_.Start());
  Connect();
  EXPECT_EQ(WhyNotRead(At(0), ByName(name)), "");
  EXPECT_EQ(WhyNotRead(At(1), ByName(at_b)), "");
  EXPECT_EQ(WhyNotRead(At(1), ByUser("b's")), "");
}

TEST_F(LinksTest, NothingOfAPersonIsInTheDirectory) {
  ASSERT_TRUE(At(0).Call(&AccountsStub::OpenAccount, OpeningOf("open", UserOf(0))).ok());
  for (int i = 1; i < kPlatforms; ++i) {
    Link(i, CodeFrom(i - 1, UserOf(i - 1)), UserOf(i));
  }
  v1::RebindRequest rebind;
  rebind.set_request_id("rebind");
  rebind.set_platform_user_id(UserOf(1));
  rebind.set_new_platform_user_id("13987654321");
  rebind.set_asset("assets/points");
  ASSERT_TRUE(At(1).Call(&LinksStub::Rebind, rebind).ok());
  std::vector<std::string> secrets = codes_;
  secrets.push_back("13987654321");
  for (int i = 0; i < kPlatforms; ++i) {
    secrets.push_back(UserOf(i));
  }
  const auto expect_none_in = [&secrets](const std::string& text, const std::string& where) {
    for (const std::string& secret : secrets) {
      EXPECT_EQ(text.find(secret), std::string::npos) << where << " holds " << secret;
    }
  };
  const std::uint64_t size = LogSize(*operator_);
  for (v1::GetEntryRequest get; get.index() < size; get.set_index(get.index() + 1)) {
    get.set_index(get.index());  // 0 is to be given, too
    const auto entry = operator_->Call(&LogStub::GetEntry, get);
    ASSERT_TRUE(entry.ok()) << entry.status.error_message();
    expect_none_in(entry.response.entry().leaf(), absl::StrCat("entry ", get.index()));
  }
  operator_.reset();
  ASSERT_EQ(server_.Stop(), 0);
  int files = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(server_.directory())) {
    if (!file.is_regular_file()) {
      continue;
    }
    ++files;
    expect_none_in(ReadWholeFile(file.path().string()), file.path().string());
  }
  EXPECT_GT(files, 5);
}

// One person has one set of caps, whichever platform sends the acts.
class LinkedCapsTest : public RulesTest {
 protected:
  LinkedCapsTest() : RulesTest("", Platforms()) {}
};

TEST_F(LinkedCapsTest, FivePseudonymsOneSetOfCaps) {
  v1::CreateLinkCodeRequest create;
  create.set_account(citizen_);
  std::set<std::string> names;
  std::vector<std::int64_t> points;
  for (int i = 0; i < kPlatforms; ++i) {
    Do(&AdminStub::CreateParticipant,
       absl::StrCat("request_id: '", CodeOf(i), "' participant_id: '", CodeOf(i),
                    "' display_name: '平台' kind: PARTICIPANT_KIND_PLATFORM"));
    v1::LinkRequest link;
    link.set_request_id("link");
    link.set_code(client().Call(&LinksStub::CreateLinkCode, create).response.code());
    link.set_platform_user_id(UserOf(i));
    *link.mutable_consent_time() = SecondsFromNow(-1);
    const Client platform = client().WithToken(TokenOf(i));
    const auto linked = platform.Call(&LinksStub::Link, link);
    ASSERT_TRUE(linked.ok()) << linked.status.error_message();
    names.insert(linked.response.account());
    v1::AwardRequest walk = ActOf("walk", "scenario: 'walk' unit: UNIT_STEP quantity: 4400");
    walk.set_account(linked.response.account());
    const auto award = platform.Call(&PointsStub::Award, walk);
    ASSERT_TRUE(award.ok()) << award.status.error_message();
    points.push_back(award.response.points());
  }
  EXPECT_EQ(names.size(), kPlatforms);
  EXPECT_THAT(points, testing::ElementsAre(22, 22, 22, 22, 12))
      << "of 20,000 steps a day 2,400 were left";
  EXPECT_EQ(BalanceOf(client(), citizen_), 500 + 100);
}

}  // namespace
}  // namespace tanhui::e2e
