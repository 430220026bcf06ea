#include "tests/simulation/recount.h"

namespace tanhui::simulation {
namespace {

namespace pb = entry::v1;

constexpr int kHoldKind = 30;  // the field number of a hold in Entry

}  // namespace

void Recount::End(std::uint64_t hold) {
  for (const Part& part : holds_.at(hold)) {
    Row& row = rows_[part.key];
    row.held -= part.points;
    row.grams -= part.grams;
  }
  holds_.erase(hold);
}

void Recount::AddPosting(const pb::Posting& posting) {
  balances_[posting.account()] += posting.amount();
  debts_[posting.account()] = posting.debt_after();
  for (const pb::LotPart& lot : posting.lots()) {
    Row& row = rows_[{lot.expiry_month(), lot.funder()}];
    row.free += lot.points();
    row.grams += lot.grams();
  }
}

void Recount::Add(std::uint64_t index, const pb::Entry& entry) {
  if (entry.has_asset_creation()) {
    kinds_[entry.asset_creation().issuance_account()] = pb::ACCOUNT_KIND_ISSUANCE;
    kinds_[entry.asset_creation().expiry_account()] = pb::ACCOUNT_KIND_EXPIRY;
  } else if (entry.has_account_opening()) {
    kinds_[entry.account_opening().number()] = entry.account_opening().kind();
  } else if (entry.has_budget_opening()) {
    kinds_[entry.budget_opening().number()] = pb::ACCOUNT_KIND_BUDGET;
  } else if (entry.has_household_opening()) {
    kinds_[entry.household_opening().number()] = pb::ACCOUNT_KIND_HOUSEHOLD;
  }
  if (entry.has_capture()) {
    End(entry.capture().hold());
  } else if (entry.has_release()) {
    End(entry.release().hold());
  } else if (entry.has_cancellation() && entry.cancellation().target_kind() == kHoldKind) {
    End(entry.cancellation().target_index());
  }
  for (const std::uint64_t hold : entry.expiry().holds()) {
    End(hold);
  }
  for (const pb::Posting& posting : entry.postings()) {
    AddPosting(posting);
  }
  if (entry.has_hold()) {
    // What left the free lots is held.
    for (const pb::LotPart& lot : entry.postings(0).lots()) {
      const Key key{lot.expiry_month(), lot.funder()};
      Row& row = rows_[key];
      row.held -= lot.points();
      row.grams -= lot.grams();
      holds_[index].push_back({key, -lot.points(), -lot.grams()});
    }
  }
}

std::map<std::pair<std::uint32_t, std::uint32_t>, Recount::Row> Recount::Rows() const {
  std::map<std::pair<std::uint32_t, std::uint32_t>, Row> rows;
  for (const auto& [key, row] : rows_) {
    if (row != Row{}) {
      rows[{std::get<0>(key), std::get<1>(key)}] = row;
    }
  }
  return rows;
}

std::int64_t Recount::Free() const {
  std::int64_t sum = 0;
  for (const auto& [key, row] : rows_) {
    sum += row.free;
  }
  return sum;
}

std::int64_t Recount::Held() const {
  std::int64_t sum = 0;
  for (const auto& [key, row] : rows_) {
    sum += row.held;
  }
  return sum;
}

std::int64_t Recount::Debt() const {
  std::int64_t sum = 0;
  for (const auto& [account, debt] : debts_) {
    sum += debt;
  }
  return sum;
}

std::int64_t Recount::Total(pb::AccountKind kind) const {
  std::int64_t sum = 0;
  for (const auto& [account, balance] : balances_) {
    sum += kinds_.at(account) == kind ? balance : 0;
  }
  return sum;
}

}  // namespace tanhui::simulation
