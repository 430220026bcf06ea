#include "tests/e2e/exchange/two_servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ledger/core/check.h"
#include "ledger/signing/key.h"
#include "tests/e2e/child_process.h"
#include "tests/interop/peer/made_certificate.h"

namespace tanhui::e2e {
namespace {

constexpr auto kPatience = std::chrono::seconds(90);  // far more than anything here takes

// On loopback, where nobody listens now: each city must know the other's before it runs.
int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  Check(socket >= 0 && ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
            ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0,
        "a free port");
  ::close(socket);
  return ntohs(address.sin_port);
}

std::string LogOf(const std::string& code) { return code + ".example/log"; }
std::string TokenOf(const std::string& code) { return code + "-token"; }

std::string PeerToml(const ScratchDirectory& files, const std::string& own, int own_port,
                     const std::string& other, int other_port) {
  return absl::StrCat("peer_listen = \"127.0.0.1:", own_port, "\"\npeer_certificate = \"",
                      files / (own + ".example.crt"), "\"\npeer_private_key = \"",
                      files / (own + ".example.key"), "\"\n[[peers]]\nlog = \"", LogOf(other),
                      "\"\naddress = \"127.0.0.1:", other_port, "\"\ncertificate = \"",
                      files / (other + ".example.crt"), "\"\nserver_name = \"", other,
                      ".example\"\n");
}

std::string Today() {
  return absl::FormatTime("%Y-%m-%d", absl::Now(), absl::FixedTimeZone(8 * 60 * 60));
}

testing::AssertionResult Must(const grpc::Status& status) {
  return status.ok() ? testing::AssertionSuccess()
                     : testing::AssertionFailure() << status.error_message();
}

v1::CityRate Rate(std::int64_t points, std::int64_t fen) {
  v1::CityRate rate;
  rate.set_points(points);
  rate.set_grams(20);
  rate.set_fen_per_thousand(fen);
  return rate;
}

}  // namespace

void TwoServers::SetUp() {
  cities_[kHill].code = cities_[kRiver].other = "hill";
  cities_[kRiver].code = cities_[kHill].other = "river";
  const int ports[] = {FreePort(), FreePort()};
  for (TestCity& city : cities_) {
    peer::MakeCertificate(certificates_, city.code + ".example");
  }
  for (const std::size_t at : {kHill, kRiver}) {
    TestCity& city = cities_[at];
    ServerOptions options;
    options.log = LogOf(city.code);
    options.callers = {{city.other, TokenOf(city.other), {"city"}}};
    options.more_toml = PeerToml(certificates_, city.code, ports[at], city.other, ports[1 - at]);
    city.server = std::make_unique<ServerProcess>(options);
    ASSERT_TRUE(city.server->Start());
    city.client = std::make_unique<Client>(city.server->NewChannel());
    ASSERT_TRUE(MakeDemoLedger(*city.client));
    ASSERT_TRUE(Register(at));
    ASSERT_TRUE(OpenAccounts(at));
  }
  ASSERT_TRUE(AgreeOnRates());
}

testing::AssertionResult TwoServers::Register(std::size_t at) {
  const TestCity& city = cities_[at];
  v1::CreateParticipantRequest participant;
  participant.set_request_id("city");
  participant.set_participant_id(city.other);
  participant.set_display_name("另一城市");
  participant.set_kind(v1::PARTICIPANT_KIND_CITY);
  v1::CreateSchemeRequest scheme;
  scheme.set_request_id("city-scheme");
  scheme.set_scheme_id(city.other + "-points");
  scheme.set_display_name("另一城市的积分");
  for (const grpc::Status& status :
       {city.client->Call(&AdminStub::CreateParticipant, participant).status,
        city.client->Call(&AdminStub::CreateScheme, scheme).status}) {
    if (!status.ok()) {
      return Must(status);
    }
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult TwoServers::OpenAccounts(std::size_t at) {
  TestCity& city = cities_[at];
  city.citizen = OpenCitizen(*city.client, "citizen");
  city.guest = OpenCitizen(*city.client, "guest");
  v1::CreateLinkCodeRequest code;
  code.set_account(city.guest);
  const auto made = city.client->Call(&LinksStub::CreateLinkCode, code);
  v1::LinkRequest link;
  link.set_request_id("link");
  link.set_code(made.response.code());
  link.set_platform_user_id("guest");
  *link.mutable_consent_time() = SecondsFromNow(0);
  const auto linked = city.client->WithToken(TokenOf(city.other)).Call(&LinksStub::Link, link);
  city.guest_name = linked.response.account();
  return made.ok() ? Must(linked.status) : Must(made.status);
}

testing::AssertionResult TwoServers::AgreeOnRates() {
  std::array<std::string, 2> notes;
  for (const std::size_t at : {kHill, kRiver}) {
    const TestCity& city = cities_[at];
    v1::CreatePeerRequest peer;
    peer.set_request_id("peer");
    peer.set_participant("participants/" + city.other);
    peer.set_verifier_key(signing::FormatVerifierKey(cities_[1 - at].server->verifier()));
    peer.set_asset("assets/points");
    peer.set_scheme("schemes/" + city.other + "-points");
    peer.set_peer_asset("points");
    v1::ChangePeerRequest change;
    change.set_request_id("terms");
    change.set_name("peers/" + city.other);
    v1::PeerTerms& terms = *change.mutable_terms();
    terms.set_first_date(Today());
    terms.set_sends_points(true);
    terms.set_takes_points(true);
    terms.set_cap_fen(1'000'000);
    terms.set_request_minutes(60);
    v1::SignRatesRequest sign;
    sign.set_name("peers/" + city.other);
    v1::PeerRates& rates = *sign.mutable_rates();
    rates.set_version(1);
    rates.set_first_date(Today());
    *rates.mutable_ours() = at == kHill ? Rate(kHillPoints, 100) : Rate(kRiverPoints, 60);
    *rates.mutable_theirs() = at == kHill ? Rate(kRiverPoints, 60) : Rate(kHillPoints, 100);
    const auto created = city.client->Call(&PeersStub::CreatePeer, peer);
    const auto changed = city.client->Call(&PeersStub::ChangePeer, change);
    const auto signed_rates = city.client->Call(&PeersStub::SignRates, sign);
    if (!created.ok() || !changed.ok() || !signed_rates.ok()) {
      return testing::AssertionFailure()
             << created.status.error_message() << changed.status.error_message()
             << signed_rates.status.error_message();
    }
    notes[at] = signed_rates.response.note();
  }
  for (const TestCity& city : cities_) {
    v1::AgreeRatesRequest agree;
    agree.set_request_id("rates");
    agree.set_name("peers/" + city.other);
    agree.add_notes(notes[0]);
    agree.add_notes(notes[1]);
    if (const auto agreed = city.client->Call(&PeersStub::AgreeRates, agree); !agreed.ok()) {
      return Must(agreed.status);
    }
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult TwoServers::KillAndStart(std::size_t at) {
  TestCity& city = cities_[at];
  city.client.reset();
  city.server->Kill();
  if (auto started = city.server->Start(); !started) {
    return started;
  }
  city.client = std::make_unique<Client>(city.server->NewChannel());
  return testing::AssertionSuccess();
}

testing::AssertionResult TwoServers::Award(std::int64_t points) {
  for (const TestCity& city : cities_) {
    const auto awarded =
        city.client->Call(&PointsStub::Award, AwardOf("award", city.citizen, points));
    if (!awarded.ok()) {
      return Must(awarded.status);
    }
  }
  return testing::AssertionSuccess();
}

Answer<v1::PrepareExchangeResponse> TwoServers::Send(std::size_t at, const std::string& id,
                                                     std::int64_t points,
                                                     std::int64_t seconds) const {
  v1::PrepareExchangeRequest request;
  request.set_request_id(id);
  request.set_peer("peers/" + cities_[at].other);
  request.set_account(cities_[at].citizen);
  request.set_kind(v1::EXCHANGE_KIND_POINTS);
  request.set_points(points);
  request.set_recipient(cities_[1 - at].guest_name);
  *request.mutable_expire_time() = SecondsFromNow(seconds);
  return cities_[at].client->Call(&ExchangesStub::PrepareExchange, request);
}

Answer<v1::GetExchangeResponse> TwoServers::Look(std::size_t at, const std::string& name) const {
  v1::GetExchangeRequest request;
  request.set_name(name);
  return cities_[at].client->Call(&ExchangesStub::GetExchange, request);
}

testing::AssertionResult TwoServers::AwaitState(std::size_t at, const std::string& name,
                                                v1::ExchangeState state) const {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  std::string last;
  while (std::chrono::steady_clock::now() < end) {
    const auto look = Look(at, name);
    if (look.ok() && look.response.exchange().state() == state) {
      return testing::AssertionSuccess();
    }
    last = look.ok() ? look.response.exchange().ShortDebugString() : look.status.error_message();
  }
  return testing::AssertionFailure() << last;
}

v1::Peer TwoServers::PeerOf(std::size_t at) const {
  v1::GetPeerRequest request;
  request.set_name("peers/" + cities_[at].other);
  return cities_[at].client->Call(&PeersStub::GetPeer, request).response.peer();
}

testing::AssertionResult TwoServers::AwaitQuiet() const {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  std::string last;
  while (std::chrono::steady_clock::now() < end) {
    const v1::PeerPosition hill = PeerOf(kHill).position();
    const v1::PeerPosition river = PeerOf(kRiver).position();
    if (hill.leaving_points() == 0 && hill.coming_points() == 0 && river.leaving_points() == 0 &&
        river.coming_points() == 0) {
      return testing::AssertionSuccess();
    }
    last = absl::StrCat(hill.ShortDebugString(), " | ", river.ShortDebugString());
  }
  return testing::AssertionFailure() << last;
}

testing::AssertionResult TwoServers::Audit() {
  for (TestCity& city : cities_) {
    city.client.reset();
    if (const int status = city.server->Stop(); status != 0) {
      return testing::AssertionFailure() << city.code << " ended with " << status << "\n"
                                         << city.server->Output();
    }
    const std::string key = certificates_ / (city.code + ".vkey");
    WriteBytes(key, signing::FormatVerifierKey(city.server->verifier()) + "\n");
    ChildProcess audit(
        {ProgramPath("tanhui"), "audit", "--data", city.server->data_directory(), "--key", key},
        certificates_ / "audit");
    if (const auto status = audit.Wait(kPatience); status != 0) {
      return testing::AssertionFailure() << city.code << ": " << ReadBytes(certificates_ / "audit");
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace tanhui::e2e
