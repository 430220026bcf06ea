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
  // False when the sum overflows or the entry touches too many assets.
  bool Add(AssetNo asset, Amount amount) {
    for (std::size_t i = 0; i < used_; ++i) {
      if (sums_[i].first == asset) {
        const auto sum = tanhui::Add(sums_[i].second, amount);
        sums_[i].second = sum.value_or(amount);
        return sum.has_value();
      }
    }
    if (used_ == sums_.size()) {
      return false;
    }
    sums_[used_++] = {asset, amount};
    return true;
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
  if (giver_after && !WithinLimit(giver->kind, *giver_after)) {
    return TooLittle(*giver, amount, field);
  }
  if (!giver_after || !taker_after || !WithinLimit(taker->kind, *taker_after)) {
    return Refusal(Reason::kBalanceLimit, std::string(field));
  }
  AddPosting(from, *giver, given, *giver_after, entry);
  AddPosting(to, *taker, amount, *taker_after, entry);
  return std::nullopt;
}

Fault ApplyPostings(State& state, EntryIndex index, const Entry& entry) {
  AssetSums sums;
  for (const entry::v1::Posting& posting : entry.postings()) {
    const AccountNo number(posting.account());
    const Account* found = state.FindAccount(number);
    if (found == nullptr) {
      return "a posting names an unknown account";
    }
    Account account = *found;
    const auto after = Add(account.balance, Amount(posting.amount()));
    if (posting.amount() == 0) {
      return "a posting of nothing";
    }
    if (!after.has_value() || after->units() != posting.balance_after()) {
      return "a posting's balance_after is not the balance";
    }
    if (account.last_entry_plus_one != posting.previous() ||
        account.last_entry_plus_one == index.value() + 1) {
      return "a posting's previous is not the account's last entry";
    }
    if (!WithinLimit(account.kind, *after)) {
      return "a posting breaks an account's limit";
    }
    if (!sums.Add(account.asset, Amount(posting.amount()))) {
      return "postings overflow or touch too many assets";
    }
    account.balance = *after;
    account.last_entry_plus_one = index.value() + 1;
    state.PutAccount(number, account);
  }
  return sums.AllZero() ? std::nullopt : Fault("postings do not sum to zero");
}

}  // namespace tanhui
