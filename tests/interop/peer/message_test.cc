// Messages between cities: what is opened, and what is told apart when it is not.
#include "interop/peer/message.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/note.h"
#include "tests/fuzz/golden_chain.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::interop {
namespace {

namespace pb = peer::v1;

constexpr std::string_view kRiver = "river.example/log";

pb::PeerMessage Lookup() {
  pb::PeerMessage message;
  message.set_kind(pb::PEER_MESSAGE_KIND_LOOKUP);
  message.set_role(pb::PEER_ROLE_DESTINATION);
  message.set_exchange_id(absl::HexStringToBytes("000000000000002a00066a1b4421f000"));
  message.set_terms_hash(std::string(merkle::Sha256("tanhui exchange v1\n").view()));
  return message;
}

std::optional<signing::NamedVerifier> DemoKey(std::string_view log) {
  return log == signing::kDemoName ? std::optional(signing::VerifierOf(signing::DemoSigner()))
                                   : std::nullopt;
}

pb::SignedMessage Sealed(const pb::PeerMessage& message = Lookup()) {
  const auto sealed = SealMessage(message, kRiver, signing::DemoSigner());
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return sealed.value_or(pb::SignedMessage());
}

absl::StatusCode CodeOf(const pb::SignedMessage& sealed, std::string_view reader = kRiver) {
  return OpenMessage(sealed, reader, DemoKey).status().code();
}

// A note of the demo city over any text.
std::string NoteOver(const std::string& text) {
  const signing::NamedSigner signer = signing::DemoSigner();
  return signing::SignNote(text, std::array<const signing::NamedSigner*, 1>{&signer}).value();
}

TEST(Message, IsOpenedAsItWasMeant) {
  const auto opened = OpenMessage(Sealed(), kRiver, DemoKey);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->from, signing::kDemoName);
  EXPECT_EQ(opened->message.SerializeAsString(), Lookup().SerializeAsString());
  EXPECT_EQ(opened->hash, merkle::Sha256(Sealed().message()));
}

// The bytes that a program in another language made, and those of the page.
TEST(Message, GoldenBytesStay) {
  const std::string hex(absl::StripAsciiWhitespace(fuzz::GoldenFile("peer_message_v1.hex")));
  const std::string note = fuzz::GoldenFile("peer_message_v1.note");
  EXPECT_EQ(absl::BytesToHexString(Sealed().SerializeAsString()), hex);
  EXPECT_EQ(Sealed().note(), note);
  pb::SignedMessage golden;
  ASSERT_TRUE(golden.ParseFromString(absl::HexStringToBytes(hex)));
  EXPECT_TRUE(OpenMessage(golden, kRiver, DemoKey).ok());
}

TEST(Message, ForAnotherCityIsNotForUs) {
  EXPECT_EQ(CodeOf(Sealed(), "hill.example/log"), absl::StatusCode::kFailedPrecondition);
}

TEST(Message, OfAnUnknownSenderIsToldApart) {
  const auto sealed = SealMessage(Lookup(), kRiver, signing::DemoSigner("tanhui.example/stranger"));
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(CodeOf(*sealed), absl::StatusCode::kPermissionDenied);
}

TEST(Message, SignedByAnotherKeyIsABadSignature) {
  const auto other = SealMessage(Lookup(), kRiver, signing::DemoSigner(signing::kDemoName, 7));
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(CodeOf(*other), absl::StatusCode::kUnauthenticated);
  // Signed by one city that says it is another one.
  pb::SignedMessage forged = Sealed();
  const std::string text =
      MessageText(signing::kDemoName, kRiver, merkle::Sha256(forged.message()));
  const signing::NamedSigner stranger = signing::DemoSigner("tanhui.example/stranger");
  forged.set_note(
      signing::SignNote(text, std::array<const signing::NamedSigner*, 1>{&stranger}).value());
  EXPECT_EQ(CodeOf(forged), absl::StatusCode::kUnauthenticated);
}

TEST(Message, DamagedBytesAreDamage) {
  pb::SignedMessage sealed = Sealed();
  sealed.mutable_message()->back() ^= 1;
  EXPECT_EQ(CodeOf(sealed), absl::StatusCode::kInvalidArgument);
  sealed = Sealed();
  sealed.set_note("");
  EXPECT_EQ(CodeOf(sealed), absl::StatusCode::kInvalidArgument);
  sealed.set_note(absl::StrReplaceAll(Sealed().note(), {{"message v1", "message v2"}}));
  EXPECT_EQ(CodeOf(sealed), absl::StatusCode::kInvalidArgument);
  sealed.set_note(Sealed().note() + std::string(5'000, ' '));
  EXPECT_EQ(CodeOf(sealed), absl::StatusCode::kInvalidArgument);
  // Longer than its four lines, though signed.
  sealed = Sealed();
  sealed.set_note(NoteOver(
      MessageText(signing::kDemoName, kRiver, merkle::Sha256(sealed.message())) + "more\n"));
  EXPECT_EQ(CodeOf(sealed), absl::StatusCode::kInvalidArgument);
  // Signed, but no message.
  sealed.set_message("\xff\xff");
  sealed.set_note(
      NoteOver(MessageText(signing::kDemoName, kRiver, merkle::Sha256(sealed.message()))));
  EXPECT_EQ(CodeOf(sealed), absl::StatusCode::kInvalidArgument);
}

// A checkpoint is signed by the same key; nobody can use one as the other.
TEST(Message, IsNoCheckpointAndACheckpointIsNone) {
  const std::array keys = {signing::VerifierOf(signing::DemoSigner())};
  EXPECT_FALSE(signing::OpenCheckpoint(Sealed().note(), keys).ok());
  pb::SignedMessage sealed = Sealed();
  const auto checkpoint = signing::SignCheckpoint(
      {std::string(signing::kDemoName), 1, merkle::Sha256("root")}, signing::DemoSigner());
  ASSERT_TRUE(checkpoint.ok());
  sealed.set_note(*checkpoint);
  EXPECT_EQ(CodeOf(sealed), absl::StatusCode::kInvalidArgument);
}

struct FormCase {
  const char* what;
  void (*change)(pb::PeerMessage&);
};

class MessageForm : public testing::TestWithParam<FormCase> {};

TEST_P(MessageForm, IsRefused) {
  pb::PeerMessage message = Lookup();
  GetParam().change(message);
  EXPECT_EQ(CheckForm(message).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(SealMessage(message, kRiver, signing::DemoSigner()).ok());
}

INSTANTIATE_TEST_SUITE_P(
    All, MessageForm,
    testing::Values(
        FormCase{"NoKind", [](auto& m) { m.clear_kind(); }},
        FormCase{"UnknownKind", [](auto& m) { m.set_kind(static_cast<pb::PeerMessageKind>(99)); }},
        FormCase{"NoRole", [](auto& m) { m.clear_role(); }},
        FormCase{"WrongRole",
                 [](auto& m) {
                   m.set_kind(pb::PEER_MESSAGE_KIND_CONFIRMED);
                   m.set_role(pb::PEER_ROLE_ORIGIN);
                 }},
        FormCase{"ShortId", [](auto& m) { m.set_exchange_id("short"); }},
        FormCase{"NoHash", [](auto& m) { m.clear_terms_hash(); }},
        FormCase{"ShortHash", [](auto& m) { m.set_terms_hash("short"); }},
        FormCase{"TermsOfALookup", [](auto& m) { m.mutable_terms(); }},
        FormCase{"PrepareWithoutTerms",
                 [](auto& m) {
                   m.set_kind(pb::PEER_MESSAGE_KIND_PREPARE);
                   m.set_role(pb::PEER_ROLE_ORIGIN);
                 }},
        FormCase{"ProofOfALookup", [](auto& m) { m.mutable_proof(); }},
        FormCase{"FulfilWithoutProof", [](auto& m) { m.set_kind(pb::PEER_MESSAGE_KIND_FULFIL); }},
        FormCase{"BusyWithoutReason", [](auto& m) { m.set_kind(pb::PEER_MESSAGE_KIND_BUSY); }},
        FormCase{"ReasonThatIsNoCode",
                 [](auto& m) {
                   m.set_kind(pb::PEER_MESSAGE_KIND_BUSY);
                   m.set_reason("Not now.");
                 }},
        FormCase{"ReasonOfALookup", [](auto& m) { m.set_reason("why"); }},
        FormCase{"ExchangeAndWindow", [](auto& m) { m.mutable_closing(); }},
        FormCase{"WindowWithAnExchange",
                 [](auto& m) {
                   m.set_kind(pb::PEER_MESSAGE_KIND_SETTLED);
                   m.mutable_settled()->set_window(1);
                   m.mutable_settled()->set_reference("bank");
                 }},
        FormCase{"WhichAfterHalfAnId",
                 [](auto& m) {
                   m.Clear();
                   m.set_kind(pb::PEER_MESSAGE_KIND_WHICH);
                   m.mutable_which()->set_window(1);
                   m.mutable_which()->set_after(std::string(8, 'a'));
                 }},
        FormCase{"IdsOutOfOrder",
                 [](auto& m) {
                   m.Clear();
                   m.set_kind(pb::PEER_MESSAGE_KIND_IDS);
                   m.mutable_ids()->set_window(1);
                   m.mutable_ids()->add_exchange_ids(std::string(16, 'b'));
                   m.mutable_ids()->add_exchange_ids(std::string(16, 'a'));
                 }},
        FormCase{"ClosingWithoutAWindow",
                 [](auto& m) {
                   m.Clear();
                   m.set_kind(pb::PEER_MESSAGE_KIND_CLOSING);
                   m.mutable_closing()->set_digest(std::string(32, 'd'));
                 }},
        FormCase{"EmptyStatement",
                 [](auto& m) {
                   m.Clear();
                   m.set_kind(pb::PEER_MESSAGE_KIND_STATEMENT);
                   m.mutable_statement()->set_window(1);
                 }}),
    [](const auto& param) { return param.param.what; });

TEST(Message, AboutAWindowIsOpened) {
  pb::PeerMessage message;
  message.set_kind(pb::PEER_MESSAGE_KIND_MISSING);
  message.mutable_missing()->set_window(3);
  message.mutable_missing()->add_exchange_ids(std::string(16, 'a'));
  message.mutable_missing()->add_exchange_ids(std::string(16, 'b'));
  const auto opened = OpenMessage(Sealed(message), kRiver, DemoKey);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->message.missing().exchange_ids_size(), 2);
  EXPECT_EQ(MessageOf(opened->message.kind()), exchange::Message::kNone);
}

TEST(Message, KindsAreThoseOfTheProtocol) {
  for (int n = 1; n <= static_cast<int>(exchange::Message::kUnknown); ++n) {
    const auto message = static_cast<exchange::Message>(n);
    std::string name = pb::PeerMessageKind_Name(KindOf(message));
    absl::AsciiStrToLower(&name);
    EXPECT_EQ(name, "peer_message_kind_" + std::string(exchange::NameOf(message)));
    EXPECT_EQ(MessageOf(KindOf(message)), message);
  }
  EXPECT_EQ(MessageOf(pb::PEER_MESSAGE_KIND_MODIFIED), exchange::Message::kNone);
}

class EntryProofTest : public testing::Test {
 protected:
  EntryProofTest() {
    entry_.mutable_exchange_decision()->set_preparation(7);
    leaf_ = entry_.SerializeAsString();
    const Hash256 other = merkle::LeafHash("another entry");
    const signing::Checkpoint checkpoint{std::string(signing::kDemoName), 2,
                                         merkle::NodeHash(other, merkle::LeafHash(leaf_))};
    proof_ = ToEntryProof(
        {leaf_, 1, {other}, signing::SignCheckpoint(checkpoint, signing::DemoSigner()).value()});
  }
  absl::StatusCode Code() const {
    return CheckEntryProof(proof_, signing::VerifierOf(signing::DemoSigner())).status().code();
  }

  entry::v1::Entry entry_;
  std::string leaf_;
  pb::EntryProof proof_;
};

TEST_F(EntryProofTest, ProvesTheEntry) {
  const auto proven = CheckEntryProof(proof_, signing::VerifierOf(signing::DemoSigner()));
  ASSERT_TRUE(proven.ok()) << proven.status();
  EXPECT_EQ(proven->entry.exchange_decision().preparation(), 7u);
  EXPECT_EQ(proven->index, EntryIndex(1));
  EXPECT_EQ(proven->checkpoint.size, 2u);
}

TEST_F(EntryProofTest, ProvesNothingElse) {
  const pb::EntryProof whole = proof_;
  proof_.mutable_entry()->back() ^= 1;
  EXPECT_EQ(Code(), absl::StatusCode::kUnauthenticated);
  proof_ = whole;
  proof_.set_index(0);
  EXPECT_EQ(Code(), absl::StatusCode::kUnauthenticated);
  proof_ = whole;
  proof_.clear_hashes();
  EXPECT_EQ(Code(), absl::StatusCode::kInvalidArgument);
  proof_.add_hashes("short");
  EXPECT_EQ(Code(), absl::StatusCode::kInvalidArgument);
  proof_ = whole;
  proof_.set_checkpoint("tanhui.example/demo\n2\n");
  EXPECT_EQ(Code(), absl::StatusCode::kInvalidArgument);
  proof_ = whole;
  EXPECT_EQ(CheckEntryProof(proof_, signing::VerifierOf(signing::DemoSigner(signing::kDemoName, 7)))
                .status()
                .code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(EntryProofTest, OfWhatIsNoEntryIsDamage) {
  leaf_ = "\xff\xff";
  const signing::Checkpoint checkpoint{std::string(signing::kDemoName), 1, merkle::LeafHash(leaf_)};
  proof_ = ToEntryProof(
      {leaf_, 0, {}, signing::SignCheckpoint(checkpoint, signing::DemoSigner()).value()});
  EXPECT_EQ(Code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tanhui::interop
