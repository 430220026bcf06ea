#include "ledger/core/postings.h"

#include <array>
#include <limits>
#include <utility>

#include "ledger/core/check.h"

namespace tanhui {
namespace {

// Most entries touch one asset; more than this many in one entry is a program error.
constexpr std::size_t kMaxAssetsPerEntry = 4;

void AddPosting(AccountNo number, const Account& account, Amount change, Amount after,
                Entry& entry) {
  entry::v1::Posting& posting = *entry.add_postings();
  posting.set_account(number.value());
  posting.set_amount(change.units());
  posting.set_balance_after(after.units());
  posting.set_previous(account.last_entry_plus_one);
}

Refusal TooLittle(const Account& account, Amount amount, std::string_view field) {
  const Reason reason = account.kind == AccountKind::kBudget ? Reason::kInsufficientBudget
                                                             : Reason::kInsufficientBalance;
  return Refusal(reason, std::string(field))
      .With("needed", amount.units())
      .With("available", account.balance.units());
}

// Sums by asset without allocating.
class AssetSums {
 public:
  void Add(AssetNo asset, Amount amount) {
    for (std::size_t i = 0; i < used_; ++i) {
      if (sums_[i].first == asset) {
        const auto sum = tanhui::Add(sums_[i].second, amount);
        Check(sum.has_value(), "postings overflow");
        sums_[i].second = *sum;
        return;
      }
    }
    Check(used_ < sums_.size(), "an entry touches too many assets");
    sums_[used_++] = {asset, amount};
  }
  bool AllZero() const {
    for (std::size_t i = 0; i < used_; ++i) {
      if (sums_[i].second != Amount(0)) {
        return false;
      }
    }
    return true;
  }

 private:
  std::array<std::pair<AssetNo, Amount>, kMaxAssetsPerEntry> sums_{};
  std::size_t used_ = 0;
};

}  // namespace

std::optional<Refusal> Move(const State& state, AccountNo from, AccountNo to, Amount amount,
                            std::string_view field, Entry& entry) {
  Check(amount > Amount(0) && from != to, "a move needs an amount and two accounts");
  const Account* giver = state.FindAccount(from);
  const Account* taker = state.FindAccount(to);
  Check(giver != nullptr && taker != nullptr, "a move names an account that is not loaded");
  Check(giver->asset == taker->asset, "a move between two assets");
  const Amount given = *Negate(amount);
  const auto giver_after = Add(giver->balance, given);
  const auto taker_after = Add(taker->balance, amount);
  if (!giver_after || !taker_after || !WithinLimit(taker->kind, *taker_after)) {
    return Refusal(Reason::kBalanceLimit, std::string(field));
  }
  if (!WithinLimit(giver->kind, *giver_after)) {
    return TooLittle(*giver, amount, field);
  }
  AddPosting(from, *giver, given, *giver_after, entry);
  AddPosting(to, *taker, amount, *taker_after, entry);
  return std::nullopt;
}

void ApplyPostings(State& state, EntryIndex index, const Entry& entry) {
  AssetSums sums;
  for (const entry::v1::Posting& posting : entry.postings()) {
    const AccountNo number(posting.account());
    const Account* found = state.FindAccount(number);
    Check(found != nullptr, "a posting names an unknown account");
    Account account = *found;
    const auto after = Add(account.balance, Amount(posting.amount()));
    Check(posting.amount() != 0, "a posting of nothing");
    Check(after.has_value() && after->units() == posting.balance_after(),
          "a posting's balance_after is not the balance");
    Check(account.last_entry_plus_one == posting.previous() &&
              account.last_entry_plus_one != index.value() + 1,
          "a posting's previous is not the account's last entry");
    Check(WithinLimit(account.kind, *after), "a posting breaks an account's limit");
    sums.Add(account.asset, Amount(posting.amount()));
    account.balance = *after;
    account.last_entry_plus_one = index.value() + 1;
    state.PutAccount(number, account);
  }
  Check(sums.AllZero(), "postings do not sum to zero");
}

}  // namespace tanhui
