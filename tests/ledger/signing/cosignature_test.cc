#include "ledger/signing/cosignature.h"

#include <gtest/gtest.h>

#include <string>

#include "ledger/signing/encoding.h"
#include "tests/ledger/signing/demo_log.h"

namespace tanhui::signing {
namespace {

constexpr std::uint64_t kSeconds = 1'798'761'600;  // 2027-01-01T00:00:00Z

class CosignatureTest : public testing::Test {
 protected:
  CosignatureTest() : note_(DemoReceipt(DemoEntries(), 5).checkpoint_note) {}
  std::string Text() const { return note_.substr(0, note_.find("\n\n") + 1); }
  std::string Cosigned(const NamedSigner& witness, std::uint64_t seconds) const {
    return note_ + CosignatureLine(Text(), witness, seconds).value();
  }
  absl::StatusOr<signing::Cosigned> Open(const std::string& note) const {
    return OpenCosigned(note, VerifierOf(DemoSigner()), VerifierOf(witness_));
  }

  const std::string note_;
  const NamedSigner witness_ = DemoSigner("witness.example/city", 7);
};

TEST_F(CosignatureTest, TellsWhatWasSeenAndWhen) {
  const auto cosigned = Open(Cosigned(witness_, kSeconds));
  ASSERT_TRUE(cosigned.ok()) << cosigned.status();
  EXPECT_EQ(cosigned->checkpoint.size, DemoEntries().size());
  EXPECT_EQ(cosigned->seconds, kSeconds);
  EXPECT_TRUE(OpenCheckpoint(Cosigned(witness_, kSeconds),
                             std::vector<NamedVerifier>{VerifierOf(DemoSigner())})
                  .ok())
      << "a reader who knows no witness reads it as before";
}

// C2SP tlog-cosignature: key id, eight octets of time, Ed25519 over `cosignature/v1`, time, text.
TEST_F(CosignatureTest, IsAsTheStandardSays) {
  const std::string line = CosignatureLine(Text(), witness_, kSeconds).value();
  const std::string prefix = "\xE2\x80\x94 witness.example/city ";
  ASSERT_TRUE(line.starts_with(prefix) && line.ends_with("\n")) << line;
  const auto blob = DecodeBase64(line.substr(prefix.size(), line.size() - prefix.size() - 1));
  ASSERT_TRUE(blob.has_value());
  ASSERT_EQ(blob->size(), 4u + 8u + 64u);
  EXPECT_EQ(DecodeBigEndian32(*blob),
            KeyId("witness.example/city", 0x04, witness_.signer().public_key()));
  EXPECT_EQ(DecodeBigEndian32(blob->substr(4)), 0u);
  EXPECT_EQ(DecodeBigEndian32(blob->substr(8)), kSeconds);
  EXPECT_TRUE(VerifierOf(witness_).verifier().Verify("cosignature/v1\ntime 1798761600\n" + Text(),
                                                     blob->substr(12)));
}

TEST_F(CosignatureTest, TheNewestOfSeveralCounts) {
  const std::string twice =
      Cosigned(witness_, kSeconds + 60) + CosignatureLine(Text(), witness_, kSeconds).value();
  EXPECT_EQ(Open(twice)->seconds, kSeconds + 60);
}

TEST_F(CosignatureTest, WhatIsNoneIsToldApart) {
  EXPECT_EQ(Open(note_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Open(Cosigned(DemoSigner("witness.example/other", 7), kSeconds)).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Open(Cosigned(DemoSigner("witness.example/city", 8), kSeconds)).status().code(),
            absl::StatusCode::kNotFound)
      << "another key";
  // Of another text, and of another time.
  std::string other_text = note_ + CosignatureLine("x\n", witness_, kSeconds).value();
  EXPECT_EQ(Open(other_text).status().code(), absl::StatusCode::kUnauthenticated);
  std::string blob = *DecodeBase64(CosignatureLine(Text(), witness_, kSeconds)->substr(25, 104));
  blob[11] = static_cast<char>(blob[11] + 1);
  const std::string later =
      note_ + FormatSignatureLine({witness_.name(), DecodeBigEndian32(blob), blob.substr(4)});
  EXPECT_EQ(Open(later).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_FALSE(CosignatureLine(Text(), witness_, 0).ok());
}

}  // namespace
}  // namespace tanhui::signing
