// The change feed: who hears of what, and that nothing is skipped or told twice when a watcher is
// cut.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

ServerOptions WithTokens() {
  ServerOptions options;
  options.trust_loopback = false;
  options.callers = {{"operator", "of the operator", {"admin", "platform", "grantor", "auditor"}},
                     {"platform-a", "of a", {"platform", "grantor"}},
                     {"platform-b", "of b", {"platform", "grantor"}},
                     {"sponsor", "of the sponsor", {"platform"}}};
  return options;
}

// "kind about points" of each event.
std::vector<std::string> Told(const v1::ListEventsResponse& page) {
  std::vector<std::string> told;
  for (const v1::Event& event : page.events()) {
    told.push_back(absl::StrCat(v1::EventKind_Name(event.kind()).substr(11), " ",
                                event.about_entry_index() > 0
                                    ? absl::StrCat(event.about_entry_index())
                                    : absl::StrCat(event.budget(), event.product()),
                                " ", event.points()));
  }
  return told;
}

class EventsTest : public testing::Test {
 protected:
  EventsTest() : server_(WithTokens()) {}

  void SetUp() override {
    ASSERT_TRUE(server_.Start());
    anyone_ = std::make_unique<Client>(server_.NewChannel());
    ASSERT_TRUE(MakeDemoLedger(As("of the operator")));
    citizen_ = OpenCitizen(As("of a"), "citizen");
  }

  Client As(const std::string& token) const { return anyone_->WithToken(token); }

  std::uint64_t Award(const std::string& id, std::int64_t points,
                      const std::string& budget = "demo") const {
    v1::AwardRequest request = AwardOf(id, citizen_, points);
    request.set_budget(absl::StrCat("budgets/", budget));
    const auto answer = As("of a").Call(&PointsStub::Award, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.entry_index();
  }
  void Reverse(std::uint64_t award, const std::string& token = "of a") const {
    v1::ReverseRequest request;
    request.set_request_id(absl::StrCat("reverse-", award));
    request.set_entry_index(award);
    request.set_quantity(1);
    request.set_reason("goods_returned");
    const auto answer = As(token).Call(&PointsStub::Reverse, request);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  }
  v1::ListEventsResponse List(const std::string& token, const std::string& after = {},
                              std::int32_t size = 0) const {
    v1::ListEventsRequest request;
    request.set_after(after);
    request.set_page_size(size);
    const auto answer = As(token).Call(&EventsStub::ListEvents, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response;
  }
  std::string WhyNot(const std::string& token, const v1::ListEventsRequest& request) const {
    return As(token).Call(&EventsStub::ListEvents, request).reason();
  }

  ServerProcess server_;
  std::unique_ptr<Client> anyone_;
  std::string citizen_;
};

TEST_F(EventsTest, EachHearsOfItsOwn) {
  const std::uint64_t first = Award("a1", 10);
  const std::uint64_t second = Award("a2", 20);
  Reverse(first);
  Reverse(second);
  EXPECT_EQ(Told(List("of a")), (std::vector{absl::StrCat("AWARD_REVERSED ", first, " -10"),
                                             absl::StrCat("AWARD_REVERSED ", second, " -20")}));
  EXPECT_TRUE(Told(List("of b")).empty());
  EXPECT_TRUE(Told(List("of the sponsor")).empty());

  v1::ListEventsRequest of_a;
  of_a.set_participant("participants/platform-a");
  EXPECT_EQ(WhyNot("of b", of_a), "PERMISSION_DENIED");
  const auto read = As("of the operator").Call(&EventsStub::ListEvents, of_a);
  EXPECT_EQ(read.response.events_size(), 2) << "an auditor may read anybody's";
}

TEST_F(EventsTest, ASponsorHearsThatItsBudgetIsNearlyUsed) {
  const auto create = As("of the operator");
  v1::BudgetsServiceCreateRequest budget;
  budget.set_request_id("b");
  budget.set_budget_id("small");
  budget.set_display_name("小");
  budget.set_asset("assets/points");
  budget.set_sponsor("participants/sponsor");
  ASSERT_TRUE(create.Call(&BudgetsStub::Create, budget).ok());
  v1::FundRequest fund = FundOf("f", 100);
  fund.set_budget("budgets/small");
  ASSERT_TRUE(create.Call(&BudgetsStub::Fund, fund).ok());
  Award("a1", 79, "small");
  EXPECT_TRUE(Told(List("of the sponsor")).empty());
  Award("a2", 1, "small");
  Award("a3", 20, "small");
  EXPECT_EQ(
      Told(List("of the sponsor")),
      (std::vector<std::string>{"BUDGET_AT_80 budgets/small 20", "BUDGET_AT_95 budgets/small 0"}));
}

TEST_F(EventsTest, PagesGoOnWhereTheyEnded) {
  for (int i = 0; i < 7; ++i) {
    Reverse(Award(absl::StrCat("a", i), 1 + i));
  }
  const std::vector<std::string> all = Told(List("of a"));
  ASSERT_EQ(all.size(), 7u);
  std::vector<std::string> paged;
  std::string after;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = List("of a", after, 2);
    const auto told = Told(page);
    paged.insert(paged.end(), told.begin(), told.end());
    after = page.next_position();
    if (!page.more()) {
      break;
    }
  }
  EXPECT_EQ(paged, all);
  EXPECT_TRUE(Told(List("of a", after)).empty());
  Reverse(Award("later", 9));
  EXPECT_EQ(Told(List("of a", after)).size(), 1u);
}

TEST_F(EventsTest, BadPositionsAndKindsAreRefused) {
  for (const char* after : {"x", "1.2", "1.2.3.4", "1.256.-", "999999999.0.-", "-1.0.-"}) {
    v1::ListEventsRequest request;
    request.set_after(after);
    EXPECT_EQ(WhyNot("of a", request), "FIELD_INVALID") << after;
  }
  v1::ListEventsRequest kind;
  kind.add_kinds(v1::EVENT_KIND_UNSPECIFIED);
  EXPECT_EQ(WhyNot("of a", kind), "FIELD_INVALID");
  v1::ListEventsRequest size;
  size.set_page_size(-1);
  EXPECT_EQ(WhyNot("of a", size), "FIELD_INVALID");
  v1::ListEventsRequest nobody;
  nobody.set_participant("participants/nobody");
  EXPECT_EQ(WhyNot("of a", nobody), "UNKNOWN_PARTICIPANT");
}

// Watches until `count` events came or the call ended; the position to go on from.
std::string WatchSome(const ServerProcess& server, const std::string& after, std::size_t count,
                      std::vector<std::string>& told) {
  const auto channel = server.NewChannel();
  v1::EventsService::Stub stub(channel);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer of a");
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  v1::WatchEventsRequest request;
  request.set_after(after);
  const auto reader = stub.WatchEvents(&context, request);
  v1::WatchEventsResponse answer;
  std::string next = after;
  while (told.size() < count && reader->Read(&answer)) {
    for (const v1::Event& event : answer.events()) {
      told.push_back(event.position());
    }
    next = answer.next_position();
  }
  context.TryCancel();
  (void)reader->Finish();
  return next;
}

TEST_F(EventsTest, AWatcherThatIsCutGoesOnWithoutAGap) {
  std::mt19937 random(20270105);
  std::vector<std::string> watched;
  std::string after = List("of a").next_position();
  for (int round = 0; round < 5; ++round) {
    const int events = 1 + static_cast<int>(random() % 6);
    for (int i = 0; i < events; ++i) {
      Reverse(Award(absl::StrCat("r", round, "-", i), 1));
    }
    // It is cut after some of them, and once more after the rest.
    const std::size_t total = watched.size() + static_cast<std::size_t>(events);
    const std::size_t some = std::min(total, watched.size() + 1 + random() % 3);
    after = WatchSome(server_, after, some, watched);
    after = WatchSome(server_, after, total, watched);
    EXPECT_EQ(watched.size(), total);
  }
  std::vector<std::string> listed;
  v1::ListEventsRequest all;
  all.set_page_size(1'000);
  const auto answer = As("of a").Call(&EventsStub::ListEvents, all);
  for (const v1::Event& event : answer.response.events()) {
    listed.push_back(event.position());
  }
  EXPECT_EQ(watched, listed);
}

TEST_F(EventsTest, AWatcherHearsOfWhatHappensWhileItWaits) {
  const auto channel = server_.NewChannel();
  v1::EventsService::Stub stub(channel);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer of a");
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  const auto reader = stub.WatchEvents(&context, v1::WatchEventsRequest());
  v1::WatchEventsResponse answer;
  ASSERT_TRUE(reader->Read(&answer)) << "the first answer says that the watch has begun";
  EXPECT_EQ(answer.events_size(), 0);
  const std::uint64_t award = Award("a", 5);
  Reverse(award);
  ASSERT_TRUE(reader->Read(&answer));
  ASSERT_EQ(answer.events_size(), 1);
  EXPECT_EQ(answer.events(0).about_entry_index(), award);
  // The server ends its streams when it stops, and does not hang.
  server_.AskToStop();
  while (reader->Read(&answer)) {
  }
  EXPECT_FALSE(reader->Finish().ok());
  anyone_.reset();
  EXPECT_EQ(server_.Stop(), 0);
}

// A token that is withdrawn, or given to another participant, or that lost a role, ends the watch
// before it tells of anything more.
TEST_F(EventsTest, AWatchEndsWithItsToken) {
  const std::vector<TokenCaller> all = WithTokens().callers;
  std::vector<TokenCaller> without = all;
  without.erase(without.begin() + 1);
  std::vector<TokenCaller> of_b = all;
  of_b[1].participant = "platform-b";
  std::vector<TokenCaller> fewer = all;
  fewer[1].roles = {"platform"};
  int round = 0;
  for (const auto& [callers, reason] :
       {std::pair(all, ""), std::pair(without, "UNAUTHENTICATED"),
        std::pair(of_b, "PERMISSION_DENIED"), std::pair(fewer, "PERMISSION_DENIED")}) {
    const std::uint64_t award = Award(absl::StrCat("award ", ++round), 5);
    const auto stub = v1::EventsService::NewStub(server_.NewChannel());
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer of a");
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    const auto reader = stub->WatchEvents(&context, v1::WatchEventsRequest());
    v1::WatchEventsResponse answer;
    ASSERT_TRUE(reader->Read(&answer));
    ASSERT_TRUE(server_.ChangeCallers(callers));
    Reverse(award, "of the operator");
    if (std::string_view(reason).empty()) {
      ASSERT_TRUE(reader->Read(&answer)) << "whoever keeps its token hears on";
      EXPECT_EQ(answer.events_size(), 1);
      continue;
    }
    EXPECT_FALSE(reader->Read(&answer)) << answer.ShortDebugString();
    EXPECT_EQ(ReasonOf(reader->Finish()), reason);
    ASSERT_TRUE(server_.ChangeCallers(all));
  }
}

}  // namespace
}  // namespace tanhui::e2e
