// PeersService: a city becomes a peer, both sign rates, and who may see what.
#include <array>

#include "absl/strings/str_cat.h"
#include "interop/books/peer/agreement.h"
#include "ledger/signing/note.h"
#include "tests/ledger/signing/demo_keys.h"
#include "tests/services/rpc/unclaimed/town_hall.h"

namespace tanhui::rpc {
namespace {

using e2e::PeersStub;

constexpr std::string_view kRiverLog = "river.example/log";
constexpr char kTerms[] = R"(
  first_date: '2027-03-20' sends_points: true takes_points: true cap_fen: 10000
  citizen_month_points: 500 request_minutes: 60 act_scenarios: 'walk' act_scenarios: 'ride'
)";
constexpr char kRates[] = R"(
  version: 1 first_date: '2027-03-21'
  ours { points: 2 grams: 20 fen_per_thousand: 100 }
  theirs { points: 3 grams: 20 fen_per_thousand: 200 }
)";

signing::NamedSigner River(int seed = 7) { return signing::DemoSigner(kRiverLog, seed); }

std::string SignedBy(const std::string& text, const signing::NamedSigner& signer) {
  const auto note = signing::SignNote(text, std::array{&signer});
  EXPECT_TRUE(note.ok());
  return *note;
}

class PeersServiceTest : public TownHall {
 protected:
  void SetUp() override {
    TownHall::SetUp();
    for (const std::string code : {"river", "hill"}) {
      const auto city = Operator().Call(&e2e::AdminStub::CreateParticipant,
                                        Parsed<v1::CreateParticipantRequest>(absl::StrCat(
                                            "request_id: '", code, "' participant_id: '", code,
                                            "' display_name: '城' kind: PARTICIPANT_KIND_CITY")));
      ASSERT_TRUE(city.ok()) << city.status.error_message();
    }
    const auto scheme =
        Operator().Call(&e2e::AdminStub::CreateScheme,
                        Parsed<v1::CreateSchemeRequest>(
                            "request_id: 'scheme' scheme_id: 'river' display_name: '河'"));
    ASSERT_TRUE(scheme.ok()) << scheme.status.error_message();
  }

  // "FIELD_INVALID verifier_key", or "OK".
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

  static v1::CreatePeerRequest Creation() {
    auto request = Parsed<v1::CreatePeerRequest>(
        "request_id: 'peer' participant: 'participants/river' asset: 'assets/points' "
        "scheme: 'schemes/river' peer_asset: 'river-points'");
    request.set_verifier_key(signing::FormatVerifierKey(River()));
    return request;
  }
  void Create() const { ASSERT_EQ(Why(Operator().Call(&PeersStub::CreatePeer, Creation())), "OK"); }

  static v1::ChangePeerRequest Change(const std::string& id) {
    auto request = Parsed<v1::ChangePeerRequest>("name: 'peers/river'");
    request.set_request_id(id);
    *request.mutable_terms() = Parsed<v1::PeerTerms>(kTerms);
    return request;
  }
  static v1::SignRatesRequest Rates() {
    auto request = Parsed<v1::SignRatesRequest>("name: 'peers/river'");
    *request.mutable_rates() = Parsed<v1::PeerRates>(kRates);
    return request;
  }
  v1::SignRatesResponse Signed() const {
    const auto answer = Operator().Call(&PeersStub::SignRates, Rates());
    EXPECT_EQ(Why(answer), "OK");
    return answer.response;
  }
  static v1::AgreeRatesRequest Agreement(const std::vector<std::string>& notes) {
    auto request = Parsed<v1::AgreeRatesRequest>("request_id: 'rates' name: 'peers/river'");
    request.mutable_notes()->Assign(notes.begin(), notes.end());
    return request;
  }
  static v1::PrepayPeerRequest Prepayment(const std::string& id, std::int64_t fen) {
    auto request = Parsed<v1::PrepayPeerRequest>("name: 'peers/river' bank_reference: 'B2027-1'");
    request.set_request_id(id);
    request.set_fen(fen);
    return request;
  }
  static v1::Peer Read(const e2e::Client& by) {
    const auto answer =
        by.Call(&PeersStub::GetPeer, Parsed<v1::GetPeerRequest>("name: 'peers/river'"));
    EXPECT_EQ(Why(answer), "OK");
    return answer.response.peer();
  }
};

TEST_F(PeersServiceTest, ACityBecomesAPeer) {
  const auto tried = [this] {
    v1::CreatePeerRequest request = Creation();
    request.set_validate_only(true);
    return Operator().Call(&PeersStub::CreatePeer, request);
  }();
  EXPECT_EQ(Why(tried), "OK");
  EXPECT_EQ(tried.response.entry_index(), 0u);
  const auto created = Operator().Call(&PeersStub::CreatePeer, Creation());
  ASSERT_EQ(Why(created), "OK");
  EXPECT_EQ(created.response.name(), "peers/river");
  const auto again = Operator().Call(&PeersStub::CreatePeer, Creation());
  EXPECT_TRUE(again.response.replayed());
  EXPECT_EQ(again.response.entry_index(), created.response.entry_index());
  const v1::Peer peer = Read(Operator());
  EXPECT_EQ(peer.participant(), "participants/river");
  EXPECT_EQ(peer.log(), kRiverLog);
  EXPECT_EQ(peer.verifier_key(), signing::FormatVerifierKey(River()));
  EXPECT_EQ(peer.asset(), "assets/points");
  EXPECT_EQ(peer.scheme(), "schemes/river");
  EXPECT_EQ(peer.peer_asset(), "river-points");
  EXPECT_EQ(peer.entry_index(), created.response.entry_index());
  EXPECT_EQ(peer.open_window(), 1u);
  EXPECT_FALSE(peer.has_terms());
  EXPECT_FALSE(peer.has_rates());
  EXPECT_TRUE(peer.has_position());
  EXPECT_EQ(peer.position().room_fen(), 0);
}

TEST_F(PeersServiceTest, WhatCannotBeOne) {
  const auto why = [this](auto change) {
    v1::CreatePeerRequest request = Creation();
    change(request);
    return Why(Operator().Call(&PeersStub::CreatePeer, request));
  };
  EXPECT_EQ(why([](auto& r) { r.clear_participant(); }), "FIELD_REQUIRED participant");
  EXPECT_EQ(why([](auto& r) { r.set_participant("participants/shop"); }),
            "WRONG_PARTICIPANT_KIND participant");
  EXPECT_EQ(why([](auto& r) { r.set_participant("participants/nobody"); }),
            "UNKNOWN_PARTICIPANT participant");
  EXPECT_EQ(why([](auto& r) { r.set_verifier_key("river"); }), "FIELD_INVALID verifier_key");
  EXPECT_EQ(
      why([](auto& r) { r.set_verifier_key(signing::FormatVerifierKey(signing::DemoSigner())); }),
      "FIELD_INVALID verifier_key")
      << "our own log";
  EXPECT_EQ(why([](auto& r) { r.set_asset("assets/none"); }), "UNKNOWN_ASSET asset");
  EXPECT_EQ(why([](auto& r) { r.set_scheme("schemes/green"); }), "FIELD_INVALID scheme");
  EXPECT_EQ(why([](auto& r) { r.set_peer_asset("X"); }), "FIELD_INVALID peer_asset");
  Create();
  EXPECT_EQ(why([](auto& r) { r.set_request_id("again"); }), "CODE_EXISTS participant");
  EXPECT_EQ(why([](auto& r) {
              r.set_request_id("again");
              r.set_participant("participants/hill");
            }),
            "CODE_EXISTS verifier_key");
  EXPECT_EQ(why([](auto& r) { r.set_peer_asset("other"); }), "REQUEST_ID_REUSED peer_asset");
  EXPECT_EQ(why([](auto& r) { r.set_participant("participants/hill"); }),
            "REQUEST_ID_REUSED participant");
}

TEST_F(PeersServiceTest, TermsHoldFromTheirDates) {
  Create();
  EXPECT_EQ(Why(Operator().Call(&PeersStub::ChangePeer, Change("now"))), "OK");
  v1::ChangePeerRequest later = Change("later");
  later.mutable_terms()->set_first_date("2027-04-01");
  later.mutable_terms()->set_sends_points(false);
  EXPECT_EQ(Why(Operator().Call(&PeersStub::ChangePeer, later)), "OK");
  const v1::Peer peer = Read(Operator());
  EXPECT_TRUE(peer.terms().sends_points());
  EXPECT_EQ(peer.terms().act_scenarios(0), "ride") << "in order, whatever was asked";
  EXPECT_EQ(peer.terms().cap_fen(), 10'000);
  EXPECT_EQ(peer.position().room_fen(), 10'000);
  ASSERT_EQ(peer.later_terms_size(), 1);
  EXPECT_EQ(peer.later_terms(0).first_date(), "2027-04-01");
  EXPECT_FALSE(peer.later_terms(0).sends_points());
  const auto why = [this](auto change) {
    v1::ChangePeerRequest request = Change("x");
    request.mutable_terms()->set_first_date("2027-04-01");
    change(request);
    return Why(Operator().Call(&PeersStub::ChangePeer, request));
  };
  EXPECT_EQ(why([](auto& r) { r.set_name("peers/hill"); }), "UNKNOWN_PEER name");
  EXPECT_EQ(why([](auto& r) { r.set_name("hill"); }), "FIELD_INVALID name");
  EXPECT_EQ(why([](auto& r) { r.mutable_terms()->clear_first_date(); }),
            "FIELD_INVALID terms.first_date");
  EXPECT_EQ(why([](auto& r) { r.mutable_terms()->set_first_date("2027-03-31"); }),
            "DATE_NOT_AHEAD terms.first_date");
  EXPECT_EQ(why([](auto& r) { r.mutable_terms()->set_cap_fen(-1); }),
            "FIELD_INVALID terms.cap_fen");
  EXPECT_EQ(why([](auto& r) { r.mutable_terms()->clear_request_minutes(); }),
            "FIELD_INVALID terms.request_minutes");
  EXPECT_EQ(why([](auto& r) { r.mutable_terms()->add_act_scenarios("walk"); }),
            "FIELD_INVALID terms.act_scenarios");
}

TEST_F(PeersServiceTest, BothCitiesSignRates) {
  Create();
  const v1::SignRatesResponse ours = Signed();
  EXPECT_EQ(ours.text(), absl::StrCat("tanhui rates v1\nversion 1\nfrom 2027-03-21\n"
                                      "city river.example/log river-points\npoints 3 grams 20\n"
                                      "fen 200 per 1000\n"
                                      "city ",
                                      signing::kDemoName.data(),
                                      " points\npoints 2 grams 20\nfen 100 per 1000\n"));
  EXPECT_EQ(ours.note(), SignedBy(ours.text(), signing::DemoSigner()));
  // The same of the text that the other city sent.
  auto of_text = Parsed<v1::SignRatesRequest>("name: 'peers/river'");
  of_text.set_text(ours.text());
  const auto same = Operator().Call(&PeersStub::SignRates, of_text);
  ASSERT_EQ(Why(same), "OK");
  EXPECT_EQ(same.response.note(), ours.note());
  EXPECT_EQ(same.response.rates().theirs().points(), 3);

  const std::string theirs = SignedBy(ours.text(), River());
  const auto agreed = Operator().Call(&PeersStub::AgreeRates, Agreement({theirs, ours.note()}));
  ASSERT_EQ(Why(agreed), "OK");
  EXPECT_EQ(agreed.response.rates().version(), 1u);
  EXPECT_EQ(agreed.response.rates().ours().fen_per_thousand(), 100);
  // In whatever order, and as one note: the same request.
  for (const auto& notes : {std::vector<std::string>{ours.note(), theirs},
                            std::vector<std::string>{agreed.response.note()}}) {
    const auto again = Operator().Call(&PeersStub::AgreeRates, Agreement(notes));
    EXPECT_EQ(Why(again), "OK");
    EXPECT_TRUE(again.response.replayed());
  }
  v1::Peer peer = Read(Operator());
  EXPECT_FALSE(peer.has_rates());
  ASSERT_EQ(peer.later_rates_size(), 1);
  clock_.Wait(kMicrosPerDay);
  peer = Read(Operator());
  EXPECT_EQ(peer.rates().version(), 1u);
  EXPECT_EQ(peer.rates().ours().grams(), 20);
  EXPECT_EQ(peer.later_rates_size(), 0);
}

TEST_F(PeersServiceTest, WhatIsNotSigned) {
  Create();
  const auto why = [this](auto change) {
    v1::SignRatesRequest request = Rates();
    change(request);
    return Why(Operator().Call(&PeersStub::SignRates, request));
  };
  const std::string text = Signed().text();
  const auto with = [&text](std::string_view from, std::string_view to) {
    return [changed = std::string(text).replace(text.find(from), from.size(), to)](auto& request) {
      request.clear_rates();
      request.set_text(changed);
    };
  };
  EXPECT_EQ(why([](auto& r) { r.set_name("peers/hill"); }), "UNKNOWN_PEER name");
  EXPECT_EQ(why([](auto& r) { r.clear_rates(); }), "FIELD_REQUIRED rates");
  EXPECT_EQ(why([&](auto& r) { r.set_text(text); }), "FIELD_INVALID rates");
  EXPECT_EQ(why([](auto& r) { r.mutable_rates()->set_version(2); }), "VERSION_NOT_NEXT rates");
  EXPECT_EQ(why([](auto& r) { r.mutable_rates()->set_first_date("2027-03-19"); }),
            "DATE_NOT_AHEAD rates");
  EXPECT_EQ(why([](auto& r) { r.mutable_rates()->mutable_ours()->set_points(0); }),
            "FIELD_INVALID rates.ours");
  EXPECT_EQ(why([](auto& r) { r.mutable_rates()->clear_theirs(); }), "FIELD_INVALID rates.theirs");
  EXPECT_EQ(why(with("version 1", "version 2")), "VERSION_NOT_NEXT text");
  EXPECT_EQ(why(with("river-points", "silver")), "FIELD_INVALID text");
  EXPECT_EQ(why(with("river.example", "brook.example")), "FIELD_INVALID text");
  EXPECT_EQ(why(with("example/demo points", "example/demo stamps")), "FIELD_INVALID text");
  EXPECT_EQ(why(with("example/demo points", "example/else points")), "FIELD_INVALID text");
  EXPECT_EQ(why(with("grams 20\nfen 200", "grams 020\nfen 200")), "FIELD_INVALID text");
}

TEST_F(PeersServiceTest, RatesNeedBothSignatures) {
  Create();
  const v1::SignRatesResponse ours = Signed();
  const std::string text = ours.text();
  const std::string theirs = SignedBy(text, River());
  const std::string other = std::string(text).replace(text.find("points 3"), 8, "points 4");
  const auto why = [this](const std::vector<std::string>& notes) {
    return Why(Operator().Call(&PeersStub::AgreeRates, Agreement(notes)));
  };
  EXPECT_EQ(why({}), "FIELD_REQUIRED notes");
  EXPECT_EQ(why({theirs, theirs, ours.note()}), "FIELD_INVALID notes");
  EXPECT_EQ(why({theirs}), "SIGNATURE_INVALID notes");
  EXPECT_EQ(why({ours.note(), ours.note()}), "SIGNATURE_INVALID notes");
  EXPECT_EQ(why({ours.note(), SignedBy(text, River(8))}), "SIGNATURE_INVALID notes");
  EXPECT_EQ(why({text, theirs}), "SIGNATURE_INVALID notes");
  EXPECT_EQ(why({ours.note(), SignedBy(other, River())}), "FIELD_INVALID notes");
  EXPECT_EQ(why({SignedBy(other, signing::DemoSigner()), theirs}), "FIELD_INVALID notes");
  EXPECT_EQ(why({SignedBy("x\n", signing::DemoSigner()), SignedBy("x\n", River())}),
            "FIELD_INVALID notes");
  const std::string next = std::string(text).replace(text.find("version 1"), 9, "version 2");
  EXPECT_EQ(why({SignedBy(next, signing::DemoSigner()), SignedBy(next, River())}),
            "VERSION_NOT_NEXT notes");
  clock_.Wait(2 * kMicrosPerDay);
  EXPECT_EQ(why({ours.note(), theirs}), "DATE_NOT_AHEAD notes") << "signed too long ago";
}

TEST_F(PeersServiceTest, SuspensionAndPrepayment) {
  Create();
  auto suspension = Parsed<v1::SuspendPeerRequest>(
      "request_id: 's' name: 'peers/river' incoming: true reason: 'fork'");
  EXPECT_EQ(Why(Operator().Call(&PeersStub::SuspendPeer, suspension)), "OK");
  suspension.set_request_id("t");
  suspension.set_evidence_entry_index(1'000'000);
  EXPECT_EQ(Why(Operator().Call(&PeersStub::SuspendPeer, suspension)),
            "FIELD_INVALID evidence_entry_index");
  suspension.clear_reason();
  EXPECT_EQ(Why(Operator().Call(&PeersStub::SuspendPeer, suspension)), "FIELD_REQUIRED reason");
  EXPECT_EQ(Why(Operator().Call(&PeersStub::PrepayPeer, Prepayment("p", 5'000))), "OK");
  EXPECT_EQ(Why(Operator().Call(&PeersStub::PrepayPeer, Prepayment("q", -1'000))), "OK");
  EXPECT_EQ(Why(Operator().Call(&PeersStub::PrepayPeer, Prepayment("r", -4'001))),
            "AMOUNT_OUT_OF_RANGE fen");
  EXPECT_EQ(Why(Operator().Call(&PeersStub::PrepayPeer, Prepayment("r", 0))), "FIELD_INVALID fen");
  v1::PrepayPeerRequest personal = Prepayment("r", 5);
  personal.set_bank_reference("pay 13800138000");
  EXPECT_EQ(Why(Operator().Call(&PeersStub::PrepayPeer, personal)),
            "REFERENCE_IS_PERSONAL bank_reference");
  const v1::Peer peer = Read(Operator());
  EXPECT_FALSE(peer.outgoing_suspended());
  EXPECT_TRUE(peer.incoming_suspended());
  EXPECT_EQ(peer.position().prepaid_fen(), 4'000);
  EXPECT_EQ(peer.position().net_fen(), -4'000);
  EXPECT_EQ(peer.position().room_fen(), 4'000);
}

TEST_F(PeersServiceTest, WhoMayCall) {
  Create();
  const auto denied = [](const auto& answer) { return Why(answer) == "PERMISSION_DENIED"; };
  EXPECT_TRUE(denied(A().Call(&PeersStub::CreatePeer, Creation())));
  EXPECT_TRUE(denied(A().Call(&PeersStub::ChangePeer, Change("x"))));
  EXPECT_TRUE(denied(A().Call(&PeersStub::SuspendPeer, v1::SuspendPeerRequest())));
  EXPECT_TRUE(denied(A().Call(&PeersStub::PrepayPeer, Prepayment("x", 1))));
  EXPECT_TRUE(denied(A().Call(&PeersStub::SignRates, Rates())));
  EXPECT_TRUE(denied(A().Call(&PeersStub::AgreeRates, Agreement({}))));
  // With whom and by which rates is for everybody, what is owed is not.
  EXPECT_FALSE(Read(A()).has_position());
  const auto listed = A().Call(&PeersStub::ListPeers, v1::ListPeersRequest());
  ASSERT_EQ(Why(listed), "OK");
  ASSERT_EQ(listed.response.peers_size(), 1);
  EXPECT_EQ(listed.response.peers(0).name(), "peers/river");
  EXPECT_FALSE(listed.response.peers(0).has_position());
}

TEST_F(PeersServiceTest, Pages) {
  Create();
  v1::CreatePeerRequest second = Creation();
  second.set_request_id("hill peer");
  second.set_participant("participants/hill");
  second.set_verifier_key(signing::FormatVerifierKey(signing::DemoSigner("hill.example/log", 9)));
  ASSERT_EQ(Why(Operator().Call(&PeersStub::CreatePeer, second)), "OK");
  v1::ListPeersRequest request;
  request.set_page_size(1);
  const auto first = Operator().Call(&PeersStub::ListPeers, request);
  ASSERT_EQ(first.response.peers_size(), 1);
  EXPECT_TRUE(first.response.peers(0).has_position());
  request.set_page_token(first.response.next_page_token());
  const auto last = Operator().Call(&PeersStub::ListPeers, request);
  ASSERT_EQ(last.response.peers_size(), 1);
  EXPECT_EQ(last.response.peers(0).name(), "peers/hill");
  EXPECT_EQ(last.response.next_page_token(), "");
  for (const std::string token : {"0", "x", "-1"}) {
    request.set_page_token(token);
    EXPECT_EQ(Why(Operator().Call(&PeersStub::ListPeers, request)), "FIELD_INVALID page_token");
  }
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(Why(Operator().Call(&PeersStub::ListPeers, request)), "FIELD_INVALID page_size");
}

}  // namespace
}  // namespace tanhui::rpc
