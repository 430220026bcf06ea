#include "ledger/core/registry.h"

#include <gtest/gtest.h>

namespace tanhui {
namespace {

// Other in every field than what an asset gets that says nothing.
Terms Unusual() {
  Terms terms;
  terms.validity_months = kMaxValidityMonths;
  terms.grace_days = kMaxTermDays;
  terms.transfers = TransferPolicy::kCapped;
  terms.transfer_daily_cap = Amount(77);
  terms.credits_while_frozen = false;
  terms.spent_reversal = SpentReversal::kWriteOff;
  terms.max_hold_days = 1;
  terms.max_members = kMaxMembers;
  return terms;
}

TEST(TermsTest, AreReadAsTheyWereWritten) {
  EXPECT_EQ(ReadTerms(WriteTerms(Terms())), Terms());
  EXPECT_EQ(ReadTerms(WriteTerms(Unusual())), Unusual());
  Terms zeros = Unusual();
  zeros.validity_months = 0;  // never expires
  zeros.grace_days = 0;
  zeros.transfer_daily_cap = Amount(0);
  EXPECT_EQ(ReadTerms(WriteTerms(zeros)), zeros);
}

// Every effect is spelled out: a default may change without changing what an entry means.
TEST(TermsTest, DefaultsAreSpelledOut) {
  EXPECT_EQ(WriteTerms(Terms()).ShortDebugString(),
            "validity_months: 12 grace_days: 30 transfers: TRANSFER_POLICY_OFF "
            "credits_while_frozen: true spent_reversal: SPENT_REVERSAL_DEBT max_hold_days: 30 "
            "max_members: 8");
}

TEST(TermsTest, WhatNoWriterMadeIsNotRead) {
  const auto broken = [](auto&& change) {
    entry::v1::Terms terms = WriteTerms(Unusual());
    change(terms);
    return !ReadTerms(terms).has_value();
  };
  using Read = entry::v1::Terms;
  EXPECT_FALSE(broken([](Read&) {}));
  EXPECT_TRUE(broken([](Read& t) { t.set_validity_months(kMaxValidityMonths + 1); }));
  EXPECT_TRUE(broken([](Read& t) { t.set_grace_days(kMaxTermDays + 1); }));
  EXPECT_TRUE(broken([](Read& t) { t.set_max_hold_days(kMaxTermDays + 1); }));
  EXPECT_TRUE(broken([](Read& t) { t.set_max_members(kMaxMembers + 1); }));
  EXPECT_TRUE(broken([](Read& t) { t.clear_transfers(); }));
  EXPECT_TRUE(broken([](Read& t) { t.set_transfers(static_cast<entry::v1::TransferPolicy>(4)); }));
  EXPECT_TRUE(broken([](Read& t) { t.clear_spent_reversal(); }));
  EXPECT_TRUE(
      broken([](Read& t) { t.set_spent_reversal(static_cast<entry::v1::SpentReversal>(3)); }));
  EXPECT_TRUE(broken([](Read& t) { t.set_transfer_daily_cap(-1); }));
  EXPECT_FALSE(ReadTerms({}).has_value());
}

}  // namespace
}  // namespace tanhui
