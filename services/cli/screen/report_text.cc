#include "services/cli/screen/report_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

constexpr std::int32_t kBarWidth = 20;

// Empty when there is nothing to warn of.
std::string WarningText(v1::BudgetWarning warning) {
  switch (warning) {
    case v1::BUDGET_WARNING_AT_80:
      return "80 % used";
    case v1::BUDGET_WARNING_AT_95:
      return "95 % used";
    case v1::BUDGET_WARNING_EXHAUSTED:
      return "exhausted";
    default:
      return {};
  }
}

// Both days, or what there is of them.
std::string PeriodText(const v1::Budget& budget) {
  if (budget.first_date().empty() && budget.last_date().empty()) {
    return {};
  }
  return budget.first_date() + " to " + budget.last_date();
}

std::string TransfersText(const v1::Terms& terms) {
  switch (terms.transfers()) {
    case v1::TRANSFER_POLICY_HOUSEHOLD:
      return "household";
    case v1::TRANSFER_POLICY_CAPPED:
      return terms.transfer_daily_cap() == 0
                 ? "yes"
                 : absl::StrCat(Grouped(terms.transfer_daily_cap()), " a day");
    default:
      return "off";
  }
}

}  // namespace

std::string UsedBar(std::int32_t percent) {
  const std::int32_t filled = std::clamp(percent * kBarWidth / 100, 0, kBarWidth);
  const std::string number = std::to_string(percent);
  return absl::StrCat("[", std::string(static_cast<std::size_t>(filled), '#'),
                      std::string(static_cast<std::size_t>(kBarWidth - filled), '-'), "] ",
                      std::string(number.size() < 3 ? 3 - number.size() : 0, ' '), number, " %");
}

std::string AssetsText(const v1::ListAssetsResponse& response) {
  Table table({"asset", "name", "scheme", ">max amount", ">months", "transfers", ">hold days"});
  for (const v1::Asset& asset : response.assets()) {
    table.Add({asset.name(), asset.display_name(), asset.scheme(), Grouped(asset.max_amount()),
               asset.terms().validity_months() == 0
                   ? "for ever"
                   : std::to_string(asset.terms().validity_months()),
               TransfersText(asset.terms()), std::to_string(asset.terms().max_hold_days())});
  }
  return absl::StrCat(table.Text(), "as of entry ", response.as_of_index(), "\n");
}

std::string BudgetText(const v1::BudgetsServiceGetResponse& response) {
  FactList facts;
  AddFacts(response.budget(), &facts);
  facts.Add("as of index", std::to_string(response.as_of_index()));
  return absl::StrCat(facts.Text(), UsedBar(response.budget().used_percent()), " used\n");
}

std::string BudgetsText(const v1::BudgetsServiceListResponse& page) {
  Table table({"budget", "name", ">funded", ">used", ">available", "used", "warning", "period"});
  for (const v1::Budget& budget : page.budgets()) {
    table.Add({budget.name(), budget.display_name(), Grouped(budget.funded()),
               Grouped(budget.used()), Grouped(budget.available()), UsedBar(budget.used_percent()),
               WarningText(budget.warning()), PeriodText(budget)});
  }
  return absl::StrCat(table.Text(), NextPage(page.next_page_token()), "as of entry ",
                      page.as_of_index(), "\n");
}

std::string LiabilityText(const v1::GetLiabilityResponse& response) {
  Table rows({"expires after", "funder", ">available", ">held", ">gco2e"});
  for (const v1::LiabilityRow& row : response.rows()) {
    rows.Add({row.expiry_date().empty() ? "never" : row.expiry_date(), row.funder(),
              Grouped(row.available()), Grouped(row.held()), Grouped(row.grams())});
  }
  Table sums({"citizens", ">points", "the other side", ">  points"});
  sums.Add({"available", Grouped(response.available()), "issuance", Grouped(response.issuance())});
  sums.Add({"expired, not swept yet", Grouped(response.expired_unswept()), "budgets",
            Grouped(response.budgets())});
  sums.Add({"held", Grouped(response.held()), "merchants", Grouped(response.merchants())});
  sums.Add({"debt", Grouped(-response.debt()), "charities", Grouped(response.charities())});
  sums.Add({"", "", "expired", Grouped(response.expired())});
  if (response.opening() != 0) {
    sums.Add({"", "", "opening balances", Grouped(response.opening())});
  }
  return absl::StrCat(rows.Text(), "\n", sums.Text(), "\n",
                      response.balanced() ? "balanced" : "NOT BALANCED", " as of entry ",
                      response.as_of_index(), ", ", TimeText(FromTimestamp(response.as_of_time())),
                      "\n");
}

}  // namespace tanhui::cli
