#include "ledger/signing/checkpoint.h"

#include <gtest/gtest.h>

#include "ledger/merkle/hash.h"
#include "ledger/signing/encoding.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::signing {
namespace {

Checkpoint DemoCheckpoint() {
  return Checkpoint{std::string(kDemoName), 20'852'163, merkle::LeafHash("root")};
}

TEST(CheckpointTest, TextRoundTrip) {
  const Checkpoint checkpoint = DemoCheckpoint();
  const std::string text = FormatCheckpoint(checkpoint);
  EXPECT_EQ(text, "tanhui.example/demo\n20852163\n" +
                      EncodeBase64(merkle::LeafHash("root").view()) + "\n");
  EXPECT_EQ(ParseCheckpoint(text).value(), checkpoint);
  const Checkpoint empty{"origin", 0, merkle::EmptyRoot()};
  EXPECT_EQ(ParseCheckpoint(FormatCheckpoint(empty)).value(), empty);
  const Checkpoint huge{"origin", ~std::uint64_t{0}, merkle::LeafHash("root")};
  EXPECT_EQ(ParseCheckpoint(FormatCheckpoint(huge)).value(), huge);
}

TEST(CheckpointTest, ExtensionLinesAreLeftOut) {
  const std::string text = FormatCheckpoint(DemoCheckpoint());
  EXPECT_EQ(ParseCheckpoint(text + "an extension\nand another\n").value(), DemoCheckpoint());
}

TEST(CheckpointTest, MalformedTextsAreInvalid) {
  const std::string root = EncodeBase64(merkle::LeafHash("root").view()) + "\n";
  const std::string rows[] = {
      "",
      "\n",
      "origin\n",
      "origin\n1\n",
      "origin\n1\n" + root.substr(0, root.size() - 1),
      "\n1\n" + root,
      "origin\n\n" + root,
      "origin\n01\n" + root,
      "origin\n00\n" + root,
      "origin\n+1\n" + root,
      "origin\n-1\n" + root,
      "origin\n 1\n" + root,
      "origin\n1 \n" + root,
      "origin\n1.0\n" + root,
      "origin\n0x1\n" + root,
      "origin\n18446744073709551616\n" + root,
      "origin\n0\n" + root,  // not the empty root
      "origin\n1\n\n",
      "origin\n1\n" + root.substr(4),
      "origin\n1\n" + EncodeBase64(std::string(31, 'r')) + "\n",
      "origin\n1\n" + EncodeBase64(std::string(33, 'r')) + "\n",
      "origin\n1\n " + root,
      "origin\n1\n" + root + "\n",
      "origin\n1\n" + root + "extension\n\n",
      "origin\n1\n" + root + "extension without an end",
      "\norigin\n1\n" + root,
  };
  for (const std::string& row : rows) {
    EXPECT_EQ(ParseCheckpoint(row).status().code(), absl::StatusCode::kInvalidArgument) << row;
  }
}

TEST(CheckpointTest, SignAndOpen) {
  const NamedSigner key = DemoSigner();
  const auto note = SignCheckpoint(DemoCheckpoint(), key);
  ASSERT_TRUE(note.ok()) << note.status();
  const std::vector<NamedVerifier> keys = {VerifierOf(key)};
  const auto opened = OpenCheckpoint(*note, keys);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, DemoCheckpoint());
}

TEST(CheckpointTest, AKeyOfAnotherNameDoesNotSign) {
  EXPECT_EQ(SignCheckpoint(DemoCheckpoint(), DemoSigner("other")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

class OtherAlgorithm final : public Signer {
 public:
  std::uint8_t type() const override { return kPrivateType; }
  std::string public_key() const override { return "identifier and key"; }
  absl::StatusOr<std::string> Sign(std::string_view) const override { return "signature"; }
};

class OtherVerifier final : public Verifier {
 public:
  std::uint8_t type() const override { return kPrivateType; }
  std::string public_key() const override { return "identifier and key"; }
  bool Verify(std::string_view, std::string_view signature) const override {
    return signature == "signature";
  }
};

TEST(CheckpointTest, OnlyEd25519SpeaksForTheLog) {
  const NamedSigner other =
      NamedSigner::Create(std::string(kDemoName), std::make_shared<OtherAlgorithm>()).value();
  EXPECT_EQ(SignCheckpoint(DemoCheckpoint(), other).status().code(),
            absl::StatusCode::kInvalidArgument);
  const std::string note =
      SignNote(FormatCheckpoint(DemoCheckpoint()), std::vector<const NamedSigner*>{&other}).value();
  const std::vector<NamedVerifier> keys = {
      NamedVerifier::Create(std::string(kDemoName), std::make_shared<OtherVerifier>()).value()};
  EXPECT_TRUE(OpenNote(note, keys).ok());
  EXPECT_EQ(OpenCheckpoint(note, keys).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(CheckpointTest, AWitnessAloneDoesNotSpeakForTheLog) {
  const NamedSigner witness = DemoSigner("witness.example", 1);
  const NamedSigner log = DemoSigner();
  const std::string text = FormatCheckpoint(DemoCheckpoint());
  const std::string both = SignNote(text, std::vector<const NamedSigner*>{&witness, &log}).value();
  const std::vector<NamedVerifier> witness_key = {VerifierOf(witness)};
  const std::vector<NamedVerifier> log_key = {VerifierOf(log)};
  const std::vector<NamedVerifier> both_keys = {VerifierOf(witness), VerifierOf(log)};
  EXPECT_EQ(OpenCheckpoint(both, witness_key).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(OpenCheckpoint(both, log_key).ok());
  EXPECT_TRUE(OpenCheckpoint(both, both_keys).ok());
  EXPECT_EQ(OpenCheckpoint(both, {}).status().code(), absl::StatusCode::kNotFound);
}

TEST(CheckpointTest, ASignedTextThatIsNoCheckpointIsInvalid) {
  const NamedSigner log = DemoSigner();
  const std::string note =
      SignNote("not a checkpoint\n", std::vector<const NamedSigner*>{&log}).value();
  const std::vector<NamedVerifier> keys = {VerifierOf(log)};
  EXPECT_EQ(OpenCheckpoint(note, keys).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tanhui::signing
