// The worked example of ledger/signing/FORMAT.md. The files were made by a program in another
// language (Node.js crypto); if this test fails, a format changed and old receipts are in danger.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/ledger/signing/demo_log.h"

namespace tanhui::signing {
namespace {

std::string Golden(const std::string& name) {
  const char* const source = std::getenv("TANHUI_SOURCE_DIR");
  Check(source != nullptr, "CTest sets TANHUI_SOURCE_DIR");
  std::ifstream file(std::string(source) + "/tests/golden/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(GoldenTest, VerifierKey) {
  EXPECT_EQ(FormatVerifierKey(DemoSigner()) + "\n", Golden("key_v1.vkey"));
}

TEST(GoldenTest, Checkpoint) {
  EXPECT_EQ(DemoReceipt(DemoEntries(), 5).checkpoint_note, Golden("checkpoint_v1.txt"));
}

TEST(GoldenTest, Receipt) {
  EXPECT_EQ(FormatReceipt(DemoReceipt(DemoEntries(), 5)), Golden("receipt_v1.tlog-proof"));
}

TEST(GoldenTest, TheFilesProveThemselves) {
  const auto key = ParseVerifierKey(Golden("key_v1.vkey"));
  ASSERT_TRUE(key.ok()) << key.status();
  const std::vector<NamedVerifier> keys = {*key};
  const auto checkpoint = OpenCheckpoint(Golden("checkpoint_v1.txt"), keys);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const auto receipt = VerifyReceipt(Golden("receipt_v1.tlog-proof"), keys);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->leaf, "@ABC");
  EXPECT_EQ(receipt->index, 5u);
  EXPECT_EQ(receipt->checkpoint, *checkpoint);
}

}  // namespace
}  // namespace tanhui::signing
