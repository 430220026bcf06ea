// The file of evidence keys: made once, read back, a key a month, destroyed for good.
#include "services/rpc/acts/evidence_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "ledger/store/durable_file.h"

namespace tanhui::rpc {
namespace {

class EvidenceKeysTest : public testing::Test {
 protected:
  EvidenceKeysTest() : path_(testing::TempDir() + "/evidence.keys") {
    std::filesystem::remove(path_);
  }
  ~EvidenceKeysTest() override { std::filesystem::remove(path_); }

  std::unique_ptr<EvidenceKeys> Load() const {
    auto keys = EvidenceKeys::Load(path_, true);
    EXPECT_TRUE(keys.ok()) << keys.status();
    return *std::move(keys);
  }
  static std::string HashOf(EvidenceKeys& keys, Month month) {
    const auto key = keys.OfMonth(month);
    EXPECT_TRUE(key.ok()) << key.status();
    return key->has_value() ? std::string((*key)->Of({"x"}).view()) : "destroyed";
  }

  const std::string path_;
  const Month may_{676};  // 2026-05
  const Month june_{677};
};

TEST_F(EvidenceKeysTest, MadeOnceAndReadBack) {
  const auto first = Load();
  const std::string may = HashOf(*first, may_);
  const std::string june = HashOf(*first, june_);
  EXPECT_NE(may, june);
  EXPECT_EQ(HashOf(*first, may_), may);
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const auto again = Load();
  EXPECT_EQ(HashOf(*again, may_), may);
  EXPECT_EQ(HashOf(*again, june_), june);
  EXPECT_EQ(again->Fingerprint(), first->Fingerprint());
  EXPECT_EQ(again->ForEver().Of({"x"}), first->ForEver().Of({"x"}));
  EXPECT_NE(store::ReadFile(path_)->find("2026-05 "), std::string::npos);
}

TEST_F(EvidenceKeysTest, ADestroyedKeyIsGone) {
  const auto keys = Load();
  const std::string june = HashOf(*keys, june_);
  HashOf(*keys, may_);
  ASSERT_TRUE(keys->DestroyBefore(june_).ok());
  for (int i = 0; i < 2; ++i) {
    const auto again = Load();
    EXPECT_EQ(HashOf(*again, may_), "destroyed");
    EXPECT_EQ(HashOf(*again, Month(600)), "destroyed");  // nor is an older one made
    EXPECT_EQ(HashOf(*again, june_), june);
  }
  EXPECT_EQ(HashOf(*keys, may_), "destroyed");
  EXPECT_NE(store::ReadFile(path_)->find("2026-05 destroyed\n"), std::string::npos);
}

TEST_F(EvidenceKeysTest, DamagedAndMissingFilesAreRefused) {
  EXPECT_FALSE(EvidenceKeys::Load(path_, false).ok());
  const std::string key(64, 'a');
  const std::string ever = "ever " + key + "\n";
  for (const std::string& text :
       {std::string(), "2026-05 " + key + "\n", "ever " + key, ever + ever, ever + "\n",
        "ever " + key.substr(1) + "\n", ever + "2026-13 " + key + "\n",
        ever + "2026-5 " + key + "\n", ever + "2026-05 gone\n",
        ever + "2026-05 " + std::string(64, 'A') + "\n",
        ever + "2026-05 " + key + "\n2026-05 destroyed\n", ever + "x\n"}) {
    ASSERT_TRUE(store::WriteFileDurably(path_, text).ok());
    EXPECT_FALSE(EvidenceKeys::Load(path_, true).ok()) << text;
  }
  ASSERT_TRUE(store::WriteFileDurably(path_, ever + "2026-05 destroyed\n").ok());
  EXPECT_TRUE(EvidenceKeys::Load(path_, true).ok());
}

}  // namespace
}  // namespace tanhui::rpc
