// The accounts that a command is about, and what every command asks of them.
#ifndef TANHUI_LEDGER_POINTS_PARTY_H_
#define TANHUI_LEDGER_POINTS_PARTY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "ledger/core/account.h"
#include "ledger/core/book.h"
#include "ledger/core/registry.h"

namespace tanhui::points {

// An account as decide sees it: where it was merged into, and settled. Keeps a reference to the
// state. An account of the name exists (Check): names were resolved, and accounts are never
// deleted.
class Party {
 public:
  Party(const State& state, std::uint64_t number, LedgerTime now);
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  AccountNo number() const { return number_; }
  const Account& account() const { return settled_.has_value() ? *settled_ : *raw_; }
  const Asset& asset() const { return *asset_; }
  const Terms& terms() const { return asset_->terms; }
  // What can be spent: available points, or the balance of an account without lots.
  Amount available() const;

 private:
  AccountNo number_;
  const Account* raw_;
  const Asset* asset_;
  std::optional<Account> settled_;  // only when it differs
};

// Of all the reasons that hold the one that is listed first; of one reason the first that was
// added.
class Verdict {
 public:
  void Add(std::optional<Refusal> refusal);
  // Adds the reason unless `holds`.
  void Want(bool holds, Reason reason, std::string_view field);
  bool refused() const { return refusal_.has_value(); }
  std::optional<Refusal> Take() { return std::move(refusal_); }

 private:
  std::optional<Refusal> refusal_;
};

// Kinds and assets that a movement needs; nothing else can be looked at when they are wrong.
void WantKind(const Party& party, AccountKind kind, std::string_view field, Verdict& verdict);
void WantOneAsset(const Party& a, const Party& b, std::string_view field, Verdict& verdict);

// Closed or frozen accounts give nothing.
void WantDebits(const Party& party, std::string_view field, Verdict& verdict);
// Closed accounts take nothing, frozen ones what the terms say.
void WantCredits(const Party& party, std::string_view field, Verdict& verdict);

// Who acts for the account (0: its owner): a minor's guardian, a member of a household.
void WantActing(const State& state, const DecideInput& input, const Party& party,
                std::uint64_t acting, Verdict& verdict);

// The amount against the asset's limit for one request.
void WantWithinAssetLimit(const Party& party, std::int64_t points, Verdict& verdict);
// Points that are there; adds kInsufficientBalance with needed and available.
void WantAvailable(const Party& party, std::int64_t points, std::string_view field,
                   Verdict& verdict);

// Whether the caller may undo or finish what `target` began: it made it, it is the merchant that
// `merchant` belongs to, or it is privileged.
bool MayFollowUp(const State& state, const DecideInput& input, AccountNo merchant);

// That the postings, applied by now, are on these accounts, in this order.
Fault WantPostings(const State& state, const Entry& entry,
                   std::initializer_list<std::uint64_t> accounts);
// The same of the first ones; others may follow.
Fault WantFirstPostings(const State& state, const Entry& entry,
                        std::initializer_list<std::uint64_t> accounts);

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_PARTY_H_
