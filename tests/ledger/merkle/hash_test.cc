#include "ledger/merkle/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "ledger/merkle/tree.h"

namespace tanhui::merkle {
namespace {

std::string Hex(const Hash256& hash) {
  const std::string_view bytes = hash.view();
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

// FIPS 180-4 examples.
TEST(HashTest, Sha256Vectors) {
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(HashTest, PartsAreConcatenated) {
  EXPECT_EQ(Sha256({"a", "", "bc"}), Sha256("abc"));
  const std::vector<std::string_view> parts = {"ab", "c"};
  EXPECT_EQ(Sha256(parts), Sha256("abc"));
}

TEST(HashTest, LeavesAndNodesAreToldApart) {
  const Hash256 left = LeafHash("left");
  const Hash256 right = LeafHash("right");
  EXPECT_EQ(left, Sha256({std::string_view("\0", 1), "left"}));
  EXPECT_EQ(NodeHash(left, right), Sha256({"\x01", left.view(), right.view()}));
  EXPECT_NE(NodeHash(left, right), NodeHash(right, left));
  EXPECT_NE(NodeHash(left, right), LeafHash(std::string(left.view()) + std::string(right.view())));
}

// The vectors that Certificate Transparency implementations share.
TEST(HashTest, Rfc6962Roots) {
  const std::vector<std::string> leaves = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  TreeBuilder tree;
  EXPECT_EQ(Hex(tree.Root()), roots[0]);
  EXPECT_EQ(tree.Root(), EmptyRoot());
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    tree.Append(LeafHash(absl::HexStringToBytes(leaves[i])));
    EXPECT_EQ(Hex(tree.Root()), roots[i + 1]) << "size " << i + 1;
  }
}

TEST(HashTest, ThreadsDoNotShareAContext) {
  const Hash256 expected = LeafHash("the same everywhere");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&expected] {
      for (int i = 0; i < 2000; ++i) {
        ASSERT_EQ(LeafHash("the same everywhere"), expected);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace tanhui::merkle
