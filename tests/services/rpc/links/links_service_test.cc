// LinksService with a clock that the test moves: codes that are late, used, wrong and contended.
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/draft.h"
#include "tests/services/rpc/unclaimed/town_hall.h"

namespace tanhui::rpc {
namespace {

using e2e::LinksStub;

constexpr std::int64_t kMinute = 60 * kMicrosPerSecond;

class LinksServiceTest : public TownHall {
 protected:
  // For the account of platform a's user.
  std::string Code(const std::string& user = "citizen", std::uint32_t minutes = 0) const {
    v1::CreateLinkCodeRequest request;
    request.set_platform_user_id(user);
    request.set_asset("assets/points");
    request.set_kind(v1::LINK_KIND_WALLET);
    request.set_minutes(minutes);
    const auto made = A().Call(&LinksStub::CreateLinkCode, request);
    EXPECT_TRUE(made.ok()) << made.status.error_message();
    return made.response.code();
  }

  v1::LinkRequest LinkOf(const std::string& id, const std::string& code,
                         const std::string& user) const {
    v1::LinkRequest request;
    request.set_request_id(id);
    request.set_code(code);
    request.set_platform_user_id(user);
    *request.mutable_consent_time() = consent_;
    return request;
  }
  // "OK", "OK again" or the reason.
  static std::string Linked(const e2e::Client& platform, const v1::LinkRequest& request) {
    const auto answer = platform.Call(&LinksStub::Link, request);
    return answer.ok() ? answer.response.replayed() ? "OK again" : "OK" : answer.reason();
  }
  std::string LinkAtB(const std::string& id, const std::string& code,
                      const std::string& user) const {
    return Linked(B(), LinkOf(id, code, user));
  }

  v1::UnlinkRequest UnlinkOf(const std::string& id, const std::string& user) const {
    v1::UnlinkRequest request;
    request.set_request_id(id);
    request.set_platform_user_id(user);
    request.set_asset("assets/points");
    request.set_reason("owner_asked");
    return request;
  }
  v1::RebindRequest RebindOf(const std::string& id, const std::string& from,
                             const std::string& to) const {
    v1::RebindRequest request;
    request.set_request_id(id);
    request.set_platform_user_id(from);
    request.set_new_platform_user_id(to);
    request.set_asset("assets/points");
    return request;
  }

  // How the platform names the user's account; the reason when it may not.
  static std::string NameOf(const e2e::Client& platform, const std::string& user,
                            const std::string& audience = {}) {
    v1::ResolveRequest request;
    request.set_platform_user_id(user);
    request.set_asset("assets/points");
    request.set_audience(audience);
    const auto answer = platform.Call(&LinksStub::Resolve, request);
    return answer.ok() ? answer.response.account() : answer.reason();
  }

  const google::protobuf::Timestamp consent_ = DaysAgo(0);

  std::size_t CodeRows() const {
    std::size_t rows = 0;
    for (const std::string_view letter : {"l", "d"}) {
      EXPECT_TRUE(engine_->store()
                      .ScanOutside(letter, "", 100'000,
                                   [&rows](std::string_view, std::string_view) {
                                     ++rows;
                                     return true;
                                   })
                      .ok());
    }
    return rows;
  }
};

TEST_F(LinksServiceTest, ACodeLinksOnceAndEachPlatformHasItsName) {
  const std::string code = Code();
  EXPECT_EQ(LinkAtB("1", code, "bob"), "OK");
  EXPECT_EQ(LinkAtB("1", code, "bob"), "OK again");
  EXPECT_EQ(LinkAtB("2", code, "bobby"), "LINK_CODE_USED");
  EXPECT_EQ(Linked(A(), LinkOf("1", code, "citizen 2")), "LINK_CODE_USED");
  EXPECT_EQ(LinkAtB("1", code, "bobby"), "REQUEST_ID_REUSED");
  const std::string name = NameOf(B(), "bob");
  EXPECT_EQ(name.substr(0, 9), "accounts/");
  EXPECT_NE(name, citizen_);
  EXPECT_EQ(NameOf(A(), "citizen"), citizen_);
  EXPECT_EQ(e2e::BalanceOf(B(), name), 0);
  // Neither means anything to the other.
  v1::GetAccountRequest read;
  read.set_name(name);
  EXPECT_EQ(A().Call(&e2e::AccountsStub::GetAccount, read).reason(), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(Operator().Call(&e2e::AccountsStub::GetAccount, read).reason(), "UNKNOWN_ACCOUNT");
  read.set_name(citizen_);
  EXPECT_EQ(B().Call(&e2e::AccountsStub::GetAccount, read).reason(), "UNKNOWN_ACCOUNT");
  // Nor do the owners.
  EXPECT_TRUE(A().Call(&e2e::AccountsStub::GetAccount, read).ok());
  const std::string owner =
      A().Call(&e2e::AccountsStub::GetAccount, read).response.account().owner();
  read.set_name(name);
  EXPECT_NE(B().Call(&e2e::AccountsStub::GetAccount, read).response.account().owner(), owner);
}

TEST_F(LinksServiceTest, ACodeIsReadInAnySpelling) {
  const std::string code = Code();
  std::string lower;
  for (const char c : code) {
    lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  EXPECT_EQ(LinkAtB("1", lower.substr(0, 5) + "-" + lower.substr(5), "bob"), "OK");
}

TEST_F(LinksServiceTest, ATrialUsesNothingUp) {
  v1::LinkRequest trial = LinkOf("1", Code(), "bob");
  trial.set_validate_only(true);
  EXPECT_EQ(Linked(B(), trial), "OK");
  EXPECT_EQ(NameOf(B(), "bob"), "UNKNOWN_ACCOUNT");
  trial.set_validate_only(false);
  trial.set_request_id("2");
  EXPECT_EQ(Linked(B(), trial), "OK");
}

TEST_F(LinksServiceTest, ALateCodeIsOfNoUseButARepeatIsAnswered) {
  const std::string used = Code();
  const std::string late = Code("other", 1);
  EXPECT_EQ(LinkAtB("1", used, "bob"), "OK");
  clock_.Wait(kMinute + kMicrosPerSecond);
  EXPECT_EQ(LinkAtB("2", late, "carol"), "LINK_CODE_EXPIRED");
  clock_.Wait(14 * kMinute);
  EXPECT_EQ(LinkAtB("1", used, "bob"), "OK again");
  // A day later the rows are gone, and the log answers still.
  EXPECT_EQ(CodeRows(), 4u);
  clock_.Wait(kMicrosPerDay);
  EXPECT_FALSE(*codes_->Purge());
  EXPECT_EQ(CodeRows(), 0u);
  EXPECT_EQ(LinkAtB("1", used, "bob"), "OK again");
  EXPECT_EQ(LinkAtB("3", used, "dora"), "UNKNOWN_LINK_CODE");
}

TEST_F(LinksServiceTest, TwentyWrongCodesWithinAMinute) {
  const std::string code = Code();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(LinkAtB(absl::StrCat(i), i % 2 == 0 ? "0000000000" : "no code", "bob"),
              "UNKNOWN_LINK_CODE");
  }
  const auto refused = B().Call(&LinksStub::Link, LinkOf("20", "0000000000", "bob"));
  EXPECT_EQ(refused.reason(), "TOO_MANY_WRONG_CODES");
  EXPECT_TRUE(e2e::RefusedOf(refused.status).has_retry);
  EXPECT_EQ(LinkAtB("21", code, "bob"), "TOO_MANY_WRONG_CODES") << "the right one, too";
  EXPECT_EQ(Linked(A(), LinkOf("21", "0000000000", "x")), "UNKNOWN_LINK_CODE") << "others may";
  clock_.Wait(kMinute);
  EXPECT_EQ(LinkAtB("21", code, "bob"), "OK");
}

TEST_F(LinksServiceTest, OfTwoAtOnceOneWins) {
  for (int round = 0; round < 20; ++round) {
    const std::string code = Code();
    std::vector<std::future<std::string>> results;
    for (const bool a : {true, false}) {
      for (const int n : {1, 2}) {
        const std::string user = absl::StrCat("user ", round, " ", n, a);
        results.push_back(std::async(std::launch::async, [this, a, code, user] {
          return Linked(a ? A() : B(), LinkOf(user, code, user));
        }));
      }
    }
    int linked = 0;
    for (std::future<std::string>& result : results) {
      const std::string outcome = result.get();
      EXPECT_TRUE(outcome == "OK" || outcome == "LINK_CODE_USED") << outcome;
      linked += outcome == "OK" ? 1 : 0;
    }
    EXPECT_EQ(linked, 1);
  }
}

TEST_F(LinksServiceTest, TheSameRequestAtOnceIsDoneOnce) {
  for (int round = 0; round < 10; ++round) {
    const v1::LinkRequest request =
        LinkOf(absl::StrCat(round), Code(), absl::StrCat("user ", round));
    std::vector<std::future<std::string>> results;
    for (int i = 0; i < 4; ++i) {
      results.push_back(
          std::async(std::launch::async, [this, &request] { return Linked(B(), request); }));
    }
    int first = 0;
    for (std::future<std::string>& result : results) {
      const std::string outcome = result.get();
      EXPECT_TRUE(outcome.starts_with("OK")) << outcome;
      first += outcome == "OK" ? 1 : 0;
    }
    EXPECT_EQ(first, 1);
  }
}

// As after a kill between mark and commit: the code belongs to the request that marked it.
TEST_F(LinksServiceTest, WhatACrashLeavesMarkedGoesOnForItsOwnRequest) {
  const std::string code = Code();
  const ParticipantNo b = engine_->registry()->FindParticipant("platform-b")->number;
  std::promise<bool> marked;
  ASSERT_TRUE(
      codes_->Begin(code, {b, *RequestId::FromText("1")}, false,
                    [&marked](const absl::StatusOr<std::variant<LinkCodeUse, Refusal>>& begun) {
                      marked.set_value(begun.ok() && std::holds_alternative<LinkCodeUse>(*begun));
                    }));
  EXPECT_TRUE(marked.get_future().get());
  codes_->Stop();
  codes_ = std::make_unique<LinkCodes>(LinkCodeOptions(), engine_->store(), secrets_, clock_,
                                       [] { return false; });
  context_->link_codes = codes_.get();
  EXPECT_EQ(LinkAtB("2", code, "bob"), "LINK_CODE_USED");
  EXPECT_EQ(Linked(A(), LinkOf("1", code, "bob")), "LINK_CODE_USED");
  clock_.Wait(60 * kMinute);
  EXPECT_EQ(LinkAtB("1", code, "bob"), "OK") << "though it is late by now";
  EXPECT_EQ(LinkAtB("1", code, "bob"), "OK again");
}

TEST_F(LinksServiceTest, WhatTheLedgerRefusesLeavesTheCode) {
  const std::string code = Code();
  EXPECT_EQ(LinkAtB("0", Code("other"), "bob"), "OK");
  EXPECT_EQ(LinkAtB("1", code, "bob"), "USER_ALREADY_LINKED");
  v1::ReportLostRequest lost;
  lost.set_request_id("lost");
  lost.set_account(citizen_);
  lost.set_reason("phone_lost");
  ASSERT_TRUE(A().Call(&e2e::AccountsStub::ReportLost, lost).ok());
  EXPECT_EQ(LinkAtB("2", code, "carol"), "ACCOUNT_FROZEN");
  EXPECT_EQ(Linked(A(), LinkOf("2", code, "carol")), "ACCOUNT_FROZEN");
}

TEST_F(LinksServiceTest, ANameThatEndedIsUnknownAndARetryIsAnswered) {
  ASSERT_EQ(LinkAtB("1", Code(), "bob"), "OK");
  const std::string name = NameOf(B(), "bob");
  const auto rebound = B().Call(&LinksStub::Rebind, RebindOf("2", "bob", "bob 2"));
  ASSERT_TRUE(rebound.ok()) << rebound.status.error_message();
  EXPECT_EQ(rebound.response.account(), name);
  EXPECT_EQ(NameOf(B(), "bob"), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(NameOf(B(), "bob 2"), name);
  const auto again = B().Call(&LinksStub::Rebind, RebindOf("2", "bob", "bob 2"));
  EXPECT_TRUE(again.response.replayed());
  EXPECT_EQ(B().Call(&LinksStub::Rebind, RebindOf("2", "bob", "bob 3")).reason(),
            "REQUEST_ID_REUSED");
  EXPECT_EQ(B().Call(&LinksStub::Rebind, RebindOf("3", "bob", "bob 3")).reason(),
            "UNKNOWN_ACCOUNT");
  EXPECT_EQ(B().Call(&LinksStub::Rebind, RebindOf("3", "bob 2", "bob 2")).reason(),
            "FIELD_INVALID");
  // The old name may be somebody else's.
  ASSERT_EQ(LinkAtB("4", Code("other"), "bob"), "OK");
  EXPECT_NE(NameOf(B(), "bob"), name);

  const auto unlinked = B().Call(&LinksStub::Unlink, UnlinkOf("5", "bob 2"));
  ASSERT_TRUE(unlinked.ok()) << unlinked.status.error_message();
  EXPECT_EQ(NameOf(B(), "bob 2"), "UNKNOWN_ACCOUNT");
  EXPECT_TRUE(B().Call(&LinksStub::Unlink, UnlinkOf("5", "bob 2")).response.replayed());
  EXPECT_EQ(B().Call(&LinksStub::Unlink, UnlinkOf("6", "bob 2")).reason(), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(B().Call(&LinksStub::Unlink, UnlinkOf("1", "bob 2")).reason(), "REQUEST_ID_REUSED");
  // The name of the account is of no use without a link.
  v1::GetAccountRequest read;
  read.set_name(name);
  EXPECT_EQ(B().Call(&e2e::AccountsStub::GetAccount, read).reason(), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(B().Call(&e2e::PointsStub::Redeem, e2e::RedeemOf("r", name, 1)).reason(),
            "UNKNOWN_ACCOUNT");
}

TEST_F(LinksServiceTest, AMerchantIsToldItsNameByThePlatform) {
  const std::string name = NameOf(A(), "citizen", "participants/shop");
  EXPECT_EQ(name.substr(0, 9), "accounts/");
  EXPECT_NE(name, citizen_);
  EXPECT_EQ(NameOf(A(), "citizen", "participants/platform-b"), "PERMISSION_DENIED");
  EXPECT_EQ(NameOf(A(), "citizen", "participants/platform-a"), citizen_);
  EXPECT_EQ(NameOf(A(), "citizen", "participants/nobody"), "UNKNOWN_PARTICIPANT");
}

TEST_F(LinksServiceTest, BadRequests) {
  const auto why = [this](auto change) {
    v1::CreateLinkCodeRequest request;
    request.set_platform_user_id("citizen");
    request.set_asset("assets/points");
    change(request);
    return A().Call(&LinksStub::CreateLinkCode, request).reason();
  };
  EXPECT_EQ(why([](auto& r) { r.set_minutes(16); }), "FIELD_INVALID");
  EXPECT_EQ(why([](auto& r) { r.clear_asset(); }), "FIELD_REQUIRED");
  EXPECT_EQ(why([](auto& r) { r.set_account("accounts/x"); }), "FIELD_INVALID");
  EXPECT_EQ(why([](auto& r) { r.set_platform_user_id("nobody"); }), "UNKNOWN_ACCOUNT");
  EXPECT_EQ(why([](auto& r) { r.set_kind(static_cast<v1::LinkKind>(9)); }), "FIELD_INVALID");
  EXPECT_EQ(LinkAtB("1", "", "bob"), "FIELD_REQUIRED");
  EXPECT_EQ(LinkAtB("1", std::string(33, '0'), "bob"), "FIELD_TOO_LONG");
  EXPECT_EQ(LinkAtB("1", Code(), ""), "FIELD_REQUIRED");
  v1::LinkRequest request = LinkOf("1", Code(), "bob");
  request.clear_consent_time();
  EXPECT_EQ(Linked(B(), request), "FIELD_REQUIRED");
}

}  // namespace
}  // namespace tanhui::rpc
