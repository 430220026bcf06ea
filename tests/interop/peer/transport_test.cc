// Two cities on the wire: who is heard, who is not, and what the caller learns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "interop/peer/grpc_transport.h"
#include "interop/peer/peer_listener.h"
#include "tests/interop/peer/made_certificate.h"

namespace tanhui::peer {
namespace {

using testing::HasSubstr;

constexpr char kRiver[] = "river.example/log";
constexpr char kHill[] = "hill.example/log";

v1::SignedMessage Said(const std::string& text) {
  v1::SignedMessage message;
  message.set_message(text);
  return message;
}

class TransportTest : public testing::Test {
 protected:
  TransportTest()
      : river_(MakeCertificate(directory_, "river.example")),
        hill_(MakeCertificate(directory_, "hill.example")) {}

  // The hill's listener, which knows the river and answers with whom it heard.
  std::unique_ptr<PeerListener> Listen(PeerListener::Hear hear) {
    auto listener = PeerListener::Start(
        "127.0.0.1:0", hill_, {{kRiver, "", river_.certificate, "river.example"}}, std::move(hear));
    EXPECT_TRUE(listener.ok()) << listener.status();
    return *std::move(listener);
  }
  static void Echo(const std::string& log, const v1::SignedMessage& message,
                   const PeerListener::Answer& answer) {
    answer(Said(log + " said " + message.message()));
  }
  PeerEndpoint Hill(const std::string& address) const {
    return {kHill, address, hill_.certificate, "hill.example"};
  }
  static absl::StatusOr<v1::SignedMessage> Ask(GrpcTransport& transport, const std::string& log) {
    std::promise<absl::StatusOr<v1::SignedMessage>> answer;
    transport.Deliver(log, Said("hello"),
                      [&answer](auto got) { answer.set_value(std::move(got)); });
    return answer.get_future().get();
  }

  const ScratchDirectory directory_;
  const OwnCertificate river_;
  const OwnCertificate hill_;
};

TEST_F(TransportTest, APeerIsHeardUnderTheNameOfItsCertificate) {
  const auto listener = Listen(Echo);
  GrpcTransport transport(river_, {Hill(listener->address())});
  const auto answer = Ask(transport, kHill);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->message(), std::string(kRiver) + " said hello");
}

TEST_F(TransportTest, ARefusalComesAsItIs) {
  const auto listener = Listen([](const auto&, const auto&, const PeerListener::Answer& answer) {
    answer(absl::UnauthenticatedError("the signature is not the river's"));
  });
  GrpcTransport transport(river_, {Hill(listener->address())});
  const auto answer = Ask(transport, kHill);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("not the river's"));
}

TEST_F(TransportTest, AStrangersCertificateIsNotHeard) {
  const auto listener = Listen(Echo);
  const OwnCertificate stranger = MakeCertificate(directory_, "stranger.example");
  GrpcTransport transport(stranger, {Hill(listener->address())});
  EXPECT_EQ(Ask(transport, kHill).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(TransportTest, ACityThatShowsAnotherCertificateIsNotSpokenTo) {
  const auto listener =
      Listen([](const auto&, const auto&, const auto&) { FAIL() << "nothing may be said to it"; });
  PeerEndpoint other = Hill(listener->address());
  other.certificate = MakeCertificate(directory_, "hill.other").certificate;
  GrpcTransport transport(river_, {other});
  EXPECT_EQ(Ask(transport, kHill).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(TransportTest, NobodyThereAndNobodyKnown) {
  std::string address;
  { address = Listen(Echo)->address(); }
  GrpcTransport transport(river_, {Hill(address)});
  EXPECT_EQ(Ask(transport, kHill).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Ask(transport, kRiver).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(TransportTest, AnEndTellsWhoIsWaiting) {
  std::promise<PeerListener::Answer> heard;
  const auto listener = Listen([&heard](const auto&, const auto&, PeerListener::Answer answer) {
    heard.set_value(std::move(answer));
  });
  std::promise<absl::StatusOr<v1::SignedMessage>> told;
  PeerListener::Answer answer;
  {
    GrpcTransport transport(river_, {Hill(listener->address())});
    transport.Deliver(kHill, Said("hello"), [&told](auto got) { told.set_value(std::move(got)); });
    answer = heard.get_future().get();
  }
  EXPECT_EQ(told.get_future().get().status().code(), absl::StatusCode::kCancelled);
  answer(Said("too late"));
}

TEST(Certificates, OneAndNoMoreInAFile) {
  const std::string one = "-----BEGIN CERTIFICATE-----\r\nAA\r\n-----END CERTIFICATE-----";
  EXPECT_EQ(*OneCertificate("text\n" + one + "\nmore"),
            "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n");
  for (const std::string& bad : {std::string(), std::string("x"), one + "\n" + one,
                                 std::string("-----BEGIN CERTIFICATE-----\nAA")}) {
    EXPECT_FALSE(OneCertificate(bad).ok()) << bad;
  }
  const PeerEndpoint city{kHill, "a", one, "hill.example"};
  EXPECT_TRUE(CheckEndpoints({city}).ok());
  EXPECT_FALSE(CheckEndpoints({city, city}).ok());
  PeerEndpoint twin = city;
  twin.log = kRiver;
  EXPECT_FALSE(CheckEndpoints({city, twin}).ok()) << "two cities with one certificate";
}

}  // namespace
}  // namespace tanhui::peer
