#include "ledger/core/registry.h"

#include <gtest/gtest.h>

namespace tanhui {
namespace {

Registry Filled() {
  Registry registry;
  registry.Add(Scheme{SchemeNo(1), "cq", "Chongqing", 0});
  registry.Add(Scheme{SchemeNo(2), "cd", "Chengdu", 60});
  registry.Add(Participant{ParticipantNo(1), "operator", "", ParticipantKind::kOperator});
  registry.Add(Participant{ParticipantNo(2), "mall", "", ParticipantKind::kMerchant});
  registry.Add(
      Asset{AssetNo(1), "points", "", SchemeNo(1), AccountNo(1), Amount(10), {}, AccountNo(2)});
  registry.Add(
      Asset{AssetNo(2), "stamps", "", SchemeNo(2), AccountNo(3), Amount(20), {}, AccountNo(4)});
  registry.Add(Budget{AccountNo(7), "demo", "", ParticipantNo(2), AssetNo(1), {}, {}, 0});
  registry.AddMerchantAccount(ParticipantNo(2), AssetNo(1), AccountNo(9));
  return registry;
}

TEST(RegistryTest, FindsByNumber) {
  const Registry registry = Filled();
  EXPECT_EQ(registry.Find(SchemeNo(2))->code, "cd");
  EXPECT_EQ(registry.Find(SchemeNo(2))->cutoff_minute, 60u);
  EXPECT_EQ(registry.Find(ParticipantNo(1))->kind, ParticipantKind::kOperator);
  EXPECT_EQ(registry.Find(AssetNo(1))->max_amount, Amount(10));
  EXPECT_EQ(registry.FindBudget(AccountNo(7))->code, "demo");
  EXPECT_EQ(registry.FindMerchantAccount(ParticipantNo(2), AssetNo(1)), AccountNo(9));
}

TEST(RegistryTest, FindsByCode) {
  const Registry registry = Filled();
  EXPECT_EQ(registry.FindScheme("cq")->number, SchemeNo(1));
  EXPECT_EQ(registry.FindParticipant("mall")->number, ParticipantNo(2));
  EXPECT_EQ(registry.FindAsset("stamps")->issuance, AccountNo(3));
  EXPECT_EQ(registry.FindBudget("demo")->account, AccountNo(7));
}

TEST(RegistryTest, FindsNothingElse) {
  const Registry registry = Filled();
  EXPECT_EQ(registry.Find(SchemeNo(0)), nullptr);
  EXPECT_EQ(registry.Find(SchemeNo(3)), nullptr);
  EXPECT_EQ(registry.Find(ParticipantNo(0)), nullptr);
  EXPECT_EQ(registry.Find(ParticipantNo(4'294'967'295)), nullptr);
  EXPECT_EQ(registry.Find(AssetNo(3)), nullptr);
  EXPECT_EQ(registry.FindBudget(AccountNo(1)), nullptr);
  EXPECT_EQ(registry.FindScheme(""), nullptr);
  EXPECT_EQ(registry.FindScheme("CQ"), nullptr);
  EXPECT_EQ(registry.FindParticipant("cq"), nullptr) << "each kind has codes of its own";
  EXPECT_EQ(registry.FindAsset("demo"), nullptr);
  EXPECT_EQ(registry.FindBudget("points"), nullptr);
  EXPECT_EQ(registry.FindMerchantAccount(ParticipantNo(2), AssetNo(2)), std::nullopt);
  EXPECT_EQ(registry.FindMerchantAccount(ParticipantNo(1), AssetNo(1)), std::nullopt);
}

TEST(RegistryTest, CountsFromOne) {
  EXPECT_EQ(Registry().next_scheme(), SchemeNo(1));
  EXPECT_EQ(Registry().next_participant(), ParticipantNo(1));
  EXPECT_EQ(Registry().next_asset(), AssetNo(1));
  EXPECT_EQ(Filled().next_scheme(), SchemeNo(3));
  EXPECT_EQ(Filled().next_participant(), ParticipantNo(3));
  EXPECT_EQ(Filled().next_asset(), AssetNo(3));
}

TEST(RegistryTest, TermsAreSetForOneAsset) {
  Registry registry = Filled();
  Terms terms;
  terms.validity_months = 3;
  terms.transfers = TransferPolicy::kHousehold;
  registry.SetTerms(AssetNo(2), terms);
  EXPECT_EQ(registry.Find(AssetNo(2))->terms, terms);
  EXPECT_EQ(registry.Find(AssetNo(1))->terms, Terms());
  EXPECT_EQ(registry.FindAsset("stamps")->expiry, AccountNo(4));
}

TEST(RegistryTest, ACopyIsApart) {
  const Registry before = Filled();
  Registry after = before;
  after.Add(Scheme{SchemeNo(3), "new", "", 0});
  EXPECT_EQ(before.FindScheme("new"), nullptr);
  EXPECT_EQ(after.FindScheme("new")->number, SchemeNo(3));
}

TEST(RegistryDeathTest, NumbersAreDenseAndCodesAreNew) {
  Registry registry = Filled();
  EXPECT_DEATH(registry.Add(Scheme{SchemeNo(4), "x", "", 0}), "scheme numbers are dense");
  EXPECT_DEATH(registry.Add(Scheme{SchemeNo(2), "x", "", 0}), "scheme numbers are dense");
  EXPECT_DEATH(registry.Add(Scheme{SchemeNo(3), "cq", "", 0}), "a code is registered twice");
  EXPECT_DEATH(registry.Add(Participant{ParticipantNo(4), "x", "", {}}), "numbers are dense");
  EXPECT_DEATH(registry.Add(Participant{ParticipantNo(3), "mall", "", {}}), "registered twice");
  EXPECT_DEATH(registry.Add(Asset{AssetNo(9), "x", "", {}, {}, {}, {}, {}}), "numbers are dense");
  EXPECT_DEATH(registry.Add(Asset{AssetNo(3), "points", "", {}, {}, {}, {}, {}}),
               "registered twice");
  EXPECT_DEATH(registry.Add(Budget{AccountNo(8), "demo", "", {}, {}, {}, {}, 0}),
               "registered twice");
  EXPECT_DEATH(registry.Add(Budget{AccountNo(7), "x", "", {}, {}, {}, {}, 0}), "twice as a budget");
  EXPECT_DEATH(registry.AddMerchantAccount(ParticipantNo(2), AssetNo(1), AccountNo(10)),
               "a merchant has two accounts in one asset");
  EXPECT_DEATH(registry.SetTerms(AssetNo(3), {}), "terms for an unknown asset");
}

}  // namespace
}  // namespace tanhui
