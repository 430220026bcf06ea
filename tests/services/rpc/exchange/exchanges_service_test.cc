// ExchangesService: points leave, come back when they are withdrawn, and who may see it.
#include <array>
#include <future>
#include <optional>

#include "absl/strings/str_cat.h"
#include "interop/desk/exchange_desk.h"
#include "ledger/signing/note.h"
#include "tests/ledger/signing/demo_keys.h"
#include "tests/services/rpc/unclaimed/town_hall.h"

namespace tanhui::rpc {
namespace {

using e2e::ExchangesStub;
using e2e::PeersStub;

constexpr std::string_view kRiverLog = "river.example/log";
constexpr int kRiverSeed = 7;
constexpr std::string_view kThere = "accounts/00112233445566778899aabbccddeeff";

// A town that exchanges points with river: 2 here are 3 there, 100 cost 10 fen.
class ExchangesServiceTest : public TownHall {
 protected:
  void SetUp() override {
    TownHall::SetUp();
    Must(Operator().Call(&e2e::AdminStub::CreateParticipant,
                         Parsed<v1::CreateParticipantRequest>(
                             "request_id: 'river' participant_id: 'river' display_name: '河' "
                             "kind: PARTICIPANT_KIND_CITY")));
    Must(Operator().Call(&e2e::AdminStub::CreateScheme,
                         Parsed<v1::CreateSchemeRequest>(
                             "request_id: 'scheme' scheme_id: 'river' display_name: '河'")));
    auto peer = Parsed<v1::CreatePeerRequest>(
        "request_id: 'peer' participant: 'participants/river' asset: 'assets/points' "
        "scheme: 'schemes/river' peer_asset: 'river-points'");
    peer.set_verifier_key(signing::FormatVerifierKey(River()));
    Must(Operator().Call(&PeersStub::CreatePeer, peer));
    Must(Operator().Call(
        &PeersStub::ChangePeer,
        Parsed<v1::ChangePeerRequest>(
            "request_id: 'terms' name: 'peers/river' terms { first_date: '2027-03-20' "
            "sends_points: true sends_payments: true cap_fen: 10000 request_minutes: 60 }")));
    Agree();
    clock_.Wait(kMicrosPerDay);
    Must(Grantor().Call(&e2e::PointsStub::Award, e2e::AwardOf("award", citizen_, 500)));
    desk_.emplace(*engine_, OurSigner(), [](const interop::Peer&, std::string_view) {
      return absl::StatusOr<std::optional<desk::ExchangeDesk::Found>>(std::nullopt);
    });
    context_->exchange_desk = &*desk_;
  }
  void TearDown() override { desk_.reset(); }

  static signing::NamedSigner River() { return signing::DemoSigner(kRiverLog, kRiverSeed); }
  static const signing::NamedSigner& OurSigner() {
    static const auto& signer = *new signing::NamedSigner(signing::DemoSigner());
    return signer;
  }
  template <typename Answer>
  static void Must(const Answer& answer) {
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  }
  // "FIELD_INVALID account", or "OK".
  template <typename Answer>
  static std::string Why(const Answer& answer) {
    if (answer.ok()) {
      return "OK";
    }
    const e2e::Refused refused = e2e::RefusedOf(answer.status);
    const auto field = refused.metadata.find("field");
    return field == refused.metadata.end() ? refused.reason
                                           : absl::StrCat(refused.reason, " ", field->second);
  }

  void Agree() const {
    auto rates = Parsed<v1::SignRatesRequest>(
        "name: 'peers/river' rates { version: 1 first_date: '2027-03-21' "
        "ours { points: 2 grams: 20 fen_per_thousand: 100 } "
        "theirs { points: 3 grams: 20 fen_per_thousand: 200 } }");
    const auto ours = Operator().Call(&PeersStub::SignRates, rates);
    ASSERT_TRUE(ours.ok()) << ours.status.error_message();
    const signing::NamedSigner river = River();
    const auto theirs = signing::SignNote(ours.response.text(), std::array{&river});
    ASSERT_TRUE(theirs.ok());
    auto agreement = Parsed<v1::AgreeRatesRequest>("request_id: 'rates' name: 'peers/river'");
    agreement.add_notes(ours.response.note());
    agreement.add_notes(*theirs);
    Must(Operator().Call(&PeersStub::AgreeRates, agreement));
  }

  v1::PrepareExchangeRequest Sending(const std::string& id, std::int64_t points) const {
    auto request =
        Parsed<v1::PrepareExchangeRequest>("peer: 'peers/river' kind: EXCHANGE_KIND_POINTS");
    request.set_request_id(id);
    request.set_account(citizen_);
    request.set_points(points);
    request.set_recipient(std::string(kThere));
    constexpr int kMinutes = 30;
    constexpr int kSeconds = 60;
    request.mutable_expire_time()->set_seconds(clock_.Wall().value() / kMicrosPerSecond +
                                               kMinutes * kSeconds);
    return request;
  }
  v1::Exchange Sent(const std::string& id, std::int64_t points) const {
    const auto answer = A().Call(&ExchangesStub::PrepareExchange, Sending(id, points));
    EXPECT_EQ(Why(answer), "OK");
    return answer.response.exchange();
  }
  auto Get(const e2e::Client& by, const std::string& name) const {
    v1::GetExchangeRequest request;
    request.set_name(name);
    return by.Call(&ExchangesStub::GetExchange, request);
  }
  auto Withdraw(const e2e::Client& by, const std::string& name) const {
    v1::WithdrawExchangeRequest request;
    request.set_name(name);
    return by.Call(&ExchangesStub::WithdrawExchange, request);
  }
  auto List(const e2e::Client& by, int size = 0, const std::string& token = {}) const {
    v1::ListExchangesRequest request;
    request.set_account(citizen_);
    request.set_page_size(size);
    request.set_page_token(token);
    return by.Call(&ExchangesStub::ListExchanges, request);
  }
  // What the outbox does.
  void GiveBack(const std::string& name) {
    const auto id = interop::ParseExchangeId(name.substr(name.find('/') + 1));
    ASSERT_TRUE(id.has_value());
    const auto* peer = interop::PeersOf(*engine_->registry()).FindByCode("river");
    std::promise<absl::Status> done;
    desk_->Return(peer->number, *id, [&](const absl::Status& status) { done.set_value(status); });
    ASSERT_EQ(done.get_future().get(), absl::OkStatus());
  }

  std::optional<desk::ExchangeDesk> desk_;
};

TEST_F(ExchangesServiceTest, PointsLeave) {
  auto dry = Sending("x", 101);
  dry.set_validate_only(true);
  const auto tried = A().Call(&ExchangesStub::PrepareExchange, dry);
  ASSERT_EQ(Why(tried), "OK");
  EXPECT_EQ(tried.response.exchange().name(), "");
  EXPECT_EQ(tried.response.exchange().to_points(), 151);
  EXPECT_EQ(tried.response.entry_index(), 0u);
  EXPECT_EQ(e2e::BalanceOf(A(), citizen_), 500);
  const auto sent = A().Call(&ExchangesStub::PrepareExchange, Sending("x", 101));
  ASSERT_EQ(Why(sent), "OK");
  EXPECT_EQ(e2e::BalanceOf(A(), citizen_), 399);
  const v1::Exchange& exchange = sent.response.exchange();
  EXPECT_EQ(exchange.peer(), "peers/river");
  EXPECT_EQ(exchange.account(), citizen_);
  EXPECT_EQ(exchange.direction(), v1::EXCHANGE_DIRECTION_LEAVING);
  EXPECT_EQ(exchange.kind(), v1::EXCHANGE_KIND_POINTS);
  EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_PREPARED);
  EXPECT_EQ(exchange.from_points(), 101);
  EXPECT_EQ(exchange.to_points(), 151);
  EXPECT_EQ(exchange.grams(), 1'010);
  EXPECT_EQ(exchange.rates_version(), 1u);
  ASSERT_EQ(exchange.lots_size(), 1);
  EXPECT_EQ(exchange.lots(0).city(), signing::kDemoName);
  EXPECT_EQ(exchange.lots(0).points(), 151);
  EXPECT_EQ(exchange.entry_index(), sent.response.entry_index());
  const auto again = A().Call(&ExchangesStub::PrepareExchange, Sending("x", 101));
  EXPECT_TRUE(again.response.replayed());
  EXPECT_EQ(again.response.exchange().name(), exchange.name());
  const auto got = Get(A(), exchange.name());
  ASSERT_EQ(Why(got), "OK");
  EXPECT_EQ(got.response.exchange().SerializeAsString(), exchange.SerializeAsString());
}

TEST_F(ExchangesServiceTest, TheSenderIsNamedToThePeerAlone) {
  const v1::Exchange exchange = Sent("x", 10);
  const Entry entry = EntryAt(exchange.entry_index());
  const std::string& sender = entry.exchange_preparation().sender();
  ASSERT_EQ(sender.size(), interop::kPseudonymBytes);
  EXPECT_NE("accounts/" + interop::HexOf(sender), citizen_);
  const Entry other = EntryAt(Sent("y", 10).entry_index());
  EXPECT_EQ(other.exchange_preparation().sender(), sender);
}

TEST_F(ExchangesServiceTest, WhatCannotBe) {
  const auto why = [this](auto change) {
    v1::PrepareExchangeRequest request = Sending("x", 100);
    change(request);
    return Why(A().Call(&ExchangesStub::PrepareExchange, request));
  };
  EXPECT_EQ(why([](auto& r) { r.clear_request_id(); }), "FIELD_REQUIRED request_id");
  EXPECT_EQ(why([](auto& r) { r.clear_peer(); }), "FIELD_REQUIRED peer");
  EXPECT_EQ(why([](auto& r) { r.set_peer("river"); }), "FIELD_INVALID peer");
  EXPECT_EQ(why([](auto& r) { r.set_peer("peers/hill"); }), "UNKNOWN_PEER peer");
  EXPECT_EQ(why([](auto& r) { r.clear_account(); }), "FIELD_REQUIRED account");
  EXPECT_EQ(why([](auto& r) { r.set_account("accounts/x"); }), "FIELD_INVALID account");
  EXPECT_EQ(why([](auto& r) { r.set_account(std::string(kThere)); }), "UNKNOWN_ACCOUNT account");
  EXPECT_EQ(why([](auto& r) { r.clear_kind(); }), "FIELD_INVALID kind");
  EXPECT_EQ(why([](auto& r) { r.set_points(-1); }), "AMOUNT_OUT_OF_RANGE points");
  EXPECT_EQ(why([](auto& r) { r.set_to_points(1); }), "FIELD_INVALID to_points");
  EXPECT_EQ(why([](auto& r) { r.clear_recipient(); }), "FIELD_REQUIRED recipient");
  EXPECT_EQ(why([](auto& r) { r.set_recipient("river"); }), "FIELD_INVALID recipient");
  EXPECT_EQ(why([](auto& r) { r.clear_expire_time(); }), "FIELD_REQUIRED expire_time");
  EXPECT_EQ(why([](auto& r) { r.mutable_expire_time()->set_seconds(1'000'000'000); }),
            "EXCHANGE_EXPIRED expire_time");
  EXPECT_EQ(why([](auto& r) { r.set_points(501); }), "INSUFFICIENT_BALANCE points");
  EXPECT_EQ(why([](auto& r) { r.set_reference("call 13800138000"); }),
            "REFERENCE_IS_PERSONAL reference");
}

TEST_F(ExchangesServiceTest, WhatIsWithdrawnComesBack) {
  const std::string name = Sent("x", 100).name();
  const auto withdrawn = Withdraw(A(), name);
  ASSERT_EQ(Why(withdrawn), "OK");
  EXPECT_EQ(withdrawn.response.exchange().state(), v1::EXCHANGE_STATE_ABORTED);
  EXPECT_EQ(withdrawn.response.exchange().reason(), "withdrawn");
  GiveBack(name);
  EXPECT_EQ(e2e::BalanceOf(A(), citizen_), 500);
  const auto again = Withdraw(A(), name);
  ASSERT_EQ(Why(again), "OK");
  EXPECT_EQ(again.response.exchange().state(), v1::EXCHANGE_STATE_RETURNED);
}

TEST_F(ExchangesServiceTest, ListsPageFromTheNewest) {
  std::vector<std::string> names;
  for (const char* id : {"a", "b", "c"}) {
    names.insert(names.begin(), Sent(id, 10).name());
  }
  const auto first = List(A(), 2);
  ASSERT_EQ(Why(first), "OK");
  ASSERT_EQ(first.response.exchanges_size(), 2);
  EXPECT_EQ(first.response.exchanges(0).name(), names[0]);
  EXPECT_EQ(first.response.exchanges(1).name(), names[1]);
  const auto second = List(A(), 2, first.response.next_page_token());
  ASSERT_EQ(second.response.exchanges_size(), 1);
  EXPECT_EQ(second.response.exchanges(0).name(), names[2]);
  EXPECT_EQ(second.response.next_page_token(), "");
  EXPECT_EQ(Why(List(A(), -1)), "FIELD_INVALID page_size");
  EXPECT_EQ(Why(List(A(), 1, "x")), "FIELD_INVALID page_token");
}

TEST_F(ExchangesServiceTest, OnlyWhoIsLinkedSeesIt) {
  const std::string name = Sent("x", 100).name();
  EXPECT_EQ(Why(Get(B(), name)), "UNKNOWN_EXCHANGE name");
  EXPECT_EQ(Why(Withdraw(B(), name)), "UNKNOWN_EXCHANGE name");
  EXPECT_EQ(Why(List(B())), "UNKNOWN_ACCOUNT account");
  EXPECT_EQ(Why(Get(Operator(), name)), "OK");
  EXPECT_EQ(Why(Get(A(), "exchanges/0")), "FIELD_INVALID name");
  EXPECT_EQ(Why(Get(A(), "")), "FIELD_REQUIRED name");
  EXPECT_EQ(Why(Get(A(), "exchanges/00000000000000010000000000000001")), "UNKNOWN_EXCHANGE name");
  EXPECT_EQ(Why(Get(A(), "exchanges/ffffffffffffffff0000000000000001")), "UNKNOWN_EXCHANGE name");
}

}  // namespace
}  // namespace tanhui::rpc
