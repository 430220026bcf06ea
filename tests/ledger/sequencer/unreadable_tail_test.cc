// Damage that shows only while the tail of the log is applied again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/sequencer/recovery.h"
#include "tests/ledger/sequencer/raw_database.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using testing::HasSubstr;
using world::Award;
using world::kAlice;
using world::kBudget;

// The start says so; it is nothing that the program did wrong.
TEST(UnreadableTail, ADamagedAccountIsDataLoss) {
  Town town;
  ASSERT_EQ(town.Ask(Award("a", kAlice, kBudget, 5)), "OK 22");
  const store::StoredHead before = **town.store().ReadHead();
  ASSERT_EQ(town.Ask(Award("b", kAlice, kBudget, 5)), "OK 23");
  town.Close();
  store::StoreOptions options;
  options.path = town.directory() + "/db";
  {
    RawDatabase raw(options.path);
    raw.EditMark([&before](store::StoredHead& mark) { mark = before; });
    raw.Put(store::kAccounts, store::EncodeU64(kAlice.value()), "damaged");
  }
  const auto store = store::Store::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  const auto recovered = Recover(TestLedger(), **store, **(*store)->ReadHead());
  EXPECT_TRUE(absl::IsDataLoss(recovered.status())) << recovered.status();
  EXPECT_THAT(recovered.status().ToString(), HasSubstr("a stored account cannot be decoded"));
}

}  // namespace
}  // namespace tanhui::sequencer
