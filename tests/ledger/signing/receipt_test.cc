#include "ledger/signing/receipt.h"

#include <gtest/gtest.h>

#include "ledger/signing/encoding.h"
#include "tests/ledger/signing/demo_log.h"

namespace tanhui::signing {
namespace {

class ReceiptTest : public ::testing::Test {
 protected:
  absl::StatusCode CodeOf(const std::string& text) {
    return VerifyReceipt(text, keys_).status().code();
  }

  const std::vector<NamedVerifier> keys_ = {VerifierOf(DemoSigner())};
  const Receipt receipt_ = DemoReceipt(DemoEntries(), 5);
  const std::string text_ = FormatReceipt(receipt_);
};

TEST_F(ReceiptTest, EveryEntryOfSmallLogs) {
  std::vector<std::string> entries;
  for (const std::string& entry : DemoEntries()) {
    entries.push_back(entry);
    for (std::uint64_t index = 0; index < entries.size(); ++index) {
      const Receipt receipt = DemoReceipt(entries, index);
      const std::string text = FormatReceipt(receipt);
      const auto parsed = ParseReceipt(text);
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      EXPECT_EQ(FormatReceipt(*parsed), text);
      EXPECT_EQ(parsed->proof, receipt.proof);
      const auto verified = VerifyReceipt(text, keys_);
      ASSERT_TRUE(verified.ok()) << verified.status();
      EXPECT_EQ(verified->leaf, entries[index]);
      EXPECT_EQ(verified->index, index);
      EXPECT_EQ(verified->checkpoint.size, entries.size());
      EXPECT_EQ(verified->checkpoint.origin, kDemoName);
    }
  }
}

// Whatever one changes, the receipt is refused, or still says the very same thing.
TEST_F(ReceiptTest, NoByteCanBeChanged) {
  const VerifiedReceipt original = VerifyReceipt(text_, keys_).value();
  const auto expect_same_or_refused = [&](const std::string& text, std::size_t at) {
    const auto verified = VerifyReceipt(text, keys_);
    ASSERT_TRUE(!verified.ok() || *verified == original) << "at byte " << at << ":\n" << text;
    const auto parsed = ParseReceipt(text);
    ASSERT_TRUE(!parsed.ok() || FormatReceipt(*parsed) == text) << "at byte " << at;
  };
  for (std::size_t at = 0; at < text_.size(); ++at) {
    for (int mask = 1; mask < 256; ++mask) {
      std::string text = text_;
      text[at] = static_cast<char>(text[at] ^ mask);
      expect_same_or_refused(text, at);
      EXPECT_FALSE(VerifyReceipt(text, keys_).ok()) << "at byte " << at;
    }
    std::string shorter = text_;
    shorter.erase(at, 1);
    expect_same_or_refused(shorter, at);
    expect_same_or_refused(text_.substr(0, at), at);
    for (const char extra : {'\n', ' ', '0', 'A', '=', '+', '\r', '\0'}) {
      std::string longer = text_;
      longer.insert(at, 1, extra);
      expect_same_or_refused(longer, at);
    }
  }
}

// A line that no known key signed may be added, changed or removed: it says nothing.
TEST_F(ReceiptTest, UnknownSignaturesMayChange) {
  const VerifiedReceipt original = VerifyReceipt(text_, keys_).value();
  std::string text = text_ + FormatSignatureLine({"witness.example", 7, std::string(72, 's')});
  const std::size_t end = text.size();
  EXPECT_EQ(VerifyReceipt(text, keys_).value(), original);
  for (std::size_t at = text_.size(); at < end; ++at) {
    std::string other = text;
    other[at] = static_cast<char>(other[at] ^ 1);
    const auto verified = VerifyReceipt(other, keys_);
    EXPECT_TRUE(!verified.ok() || *verified == original);
  }
}

TEST_F(ReceiptTest, MalformedShapesAreInvalid) {
  const std::string first = "c2sp.org/tlog-proof@v1\n";
  const std::string extra = "extra " + EncodeBase64(receipt_.leaf) + "\n";
  const std::string index = "index 5\n";
  std::string proof;
  for (const Hash256& hash : receipt_.proof) {
    proof += EncodeBase64(hash.view()) + "\n";
  }
  const std::string end = "\n" + receipt_.checkpoint_note;
  ASSERT_EQ(first + extra + index + proof + end, text_);
  const std::pair<const char*, std::string> rows[] = {
      {"empty", ""},
      {"another version", "c2sp.org/tlog-proof@v2\n" + extra + index + proof + end},
      {"no first line", extra + index + proof + end},
      {"no entry", first + index + proof + end},
      {"entry without a space", first + "extra" + extra.substr(6) + index + proof + end},
      {"entry not in base64", first + "extra !!!!\n" + index + proof + end},
      {"entry in loose base64", first + "extra QEFCQx==\n" + index + proof + end},
      {"entry with a blank", first + "extra  QEFCQw==\n" + index + proof + end},
      {"two entries", first + extra + extra + index + proof + end},
      {"no index", first + extra + proof + end},
      {"index before the entry", first + index + extra + proof + end},
      {"leading zero", first + extra + "index 05\n" + proof + end},
      {"sign", first + extra + "index +5\n" + proof + end},
      {"negative", first + extra + "index -5\n" + proof + end},
      {"overflow", first + extra + "index 18446744073709551621\n" + proof + end},
      {"no number", first + extra + "index \n" + proof + end},
      {"index beyond the tree", first + extra + "index 8\n" + proof + end},
      {"no empty line", first + extra + index + proof + receipt_.checkpoint_note},
      {"short hash", first + extra + index + proof.substr(4) + end},
      {"one hash less", first + extra + index + proof.substr(45) + end},
      {"one hash more", first + extra + index + proof + proof.substr(0, 45) + end},
      {"no checkpoint", first + extra + index + proof + "\n"},
      {"nothing after the proof", first + extra + index + proof},
      {"carriage returns", "c2sp.org/tlog-proof@v1\r\n" + extra + index + proof + end},
  };
  for (const auto& [what, text] : rows) {
    EXPECT_EQ(CodeOf(text), absl::StatusCode::kInvalidArgument) << what;
  }
}

TEST_F(ReceiptTest, ALieIsUnauthenticated) {
  // What follows the first empty line is the checkpoint, so another empty line changes its text.
  const std::size_t proof = text_.find("index 5\n") + 8;
  EXPECT_EQ(CodeOf(std::string(text_).insert(proof, "\n")), absl::StatusCode::kUnauthenticated);
  const std::size_t checkpoint = text_.find("\n\n") + 1;
  EXPECT_EQ(CodeOf(std::string(text_).insert(checkpoint, "\n")),
            absl::StatusCode::kUnauthenticated);
  Receipt other = receipt_;
  other.leaf = "another entry";
  EXPECT_EQ(CodeOf(FormatReceipt(other)), absl::StatusCode::kUnauthenticated);
  other = receipt_;
  other.index = 4;
  EXPECT_EQ(CodeOf(FormatReceipt(other)), absl::StatusCode::kUnauthenticated);
  other = receipt_;
  std::swap(other.proof[0], other.proof[1]);
  EXPECT_EQ(CodeOf(FormatReceipt(other)), absl::StatusCode::kUnauthenticated);
  std::vector<std::string> entries = DemoEntries();
  entries.pop_back();
  other = receipt_;
  other.checkpoint_note = DemoReceipt(entries, 5).checkpoint_note;
  EXPECT_EQ(CodeOf(FormatReceipt(other)), absl::StatusCode::kUnauthenticated);
}

TEST_F(ReceiptTest, TheKeyDecides) {
  const std::vector<NamedVerifier> impostor = {VerifierOf(DemoSigner(kDemoName, 9))};
  EXPECT_EQ(VerifyReceipt(text_, impostor).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(VerifyReceipt(text_, {}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ReceiptTest, LongInputs) {
  std::vector<std::string> entries = DemoEntries();
  entries[3] = std::string(kMaxLeafBytes, '\xee');
  const std::string longest = FormatReceipt(DemoReceipt(entries, 3));
  const auto verified = VerifyReceipt(longest, keys_);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->leaf, entries[3]);
  entries[3].push_back('x');
  EXPECT_EQ(CodeOf(FormatReceipt(DemoReceipt(entries, 3))), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(text_ + std::string(kMaxReceiptBytes, '\n')),
            absl::StatusCode::kInvalidArgument);
  Receipt deep = receipt_;
  deep.proof.resize(65);
  EXPECT_EQ(ParseReceipt(FormatReceipt(deep)).status().code(), absl::StatusCode::kInvalidArgument);
  deep.proof.resize(64);
  EXPECT_TRUE(ParseReceipt(FormatReceipt(deep)).ok());
}

}  // namespace
}  // namespace tanhui::signing
