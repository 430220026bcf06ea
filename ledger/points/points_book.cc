#include "ledger/points/points_book.h"

#include <vector>

#include "ledger/points/budget_period.h"
#include "ledger/points/rows.h"
#include "ledger/points/settled.h"

namespace tanhui::points {
namespace {

std::vector<BookRow> AllRows() {
  std::vector<BookRow> rows;
  for (const auto part : {BudgetRows(), AwardRows(), EarningRows(), CorrectionRows(), GoalRows(),
                          SpendingRows(), RefundRows(), HoldRows(), TransferRows(), StatusRows(),
                          HouseholdRows(), NoticeRows(), LoadRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

std::optional<Entry> Due(const State& state, AccountNo number, LedgerTime now) {
  const Account* account = state.FindAccount(number);
  if (account == nullptr) {
    return std::nullopt;
  }
  if (HasLots(account->kind)) {
    return DueOfLots(state, number, now);
  }
  if (account->kind == AccountKind::kExpiry) {
    return DueOfAsset(state, number, now);
  }
  return account->kind == AccountKind::kBudget ? DueOfBudget(state, number, now) : std::nullopt;
}

}  // namespace

Book PointsBook() {
  static const auto& rows = *new std::vector<BookRow>(AllRows());
  return {"points", rows, Due};
}

bool MayBeDue(const Registry& registry, AccountNo number, const Account& account, LedgerTime now) {
  if (HasLots(account.kind)) {
    return IsDue(account, now);
  }
  if (account.kind == AccountKind::kExpiry) {
    const Asset* asset = registry.Find(account.asset);
    return asset != nullptr && NoticeIsDue(*asset, now);
  }
  return account.kind == AccountKind::kBudget &&
         (YearIsOver(registry, number, now) || MustReturn(registry, number, account, now));
}

}  // namespace tanhui::points
