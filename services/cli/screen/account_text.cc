#include "services/cli/screen/account_text.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

// Lots of one entry that are told; the rest is counted.
constexpr int kLotsTold = 3;

// Facts first, tables below.
std::string AccountParts(v1::Account account, std::uint64_t as_of_index) {
  Table expiring({"expires after", ">points"});
  for (const v1::ExpiringPoints& points : account.expiring()) {
    expiring.Add({points.date(), Grouped(points.points())});
  }
  Table holds({"hold", ">points", "merchant", "until"});
  for (const v1::OpenHold& hold : account.holds()) {
    holds.Add({hold.name(), Grouped(hold.points()), hold.merchant(),
               TimeText(FromTimestamp(hold.deadline()))});
  }
  account.clear_expiring();
  account.clear_holds();
  FactList facts;
  AddFacts(account, &facts);
  facts.Add("as of index", std::to_string(as_of_index));
  std::string text = facts.Text();
  for (const Table* table : {&expiring, &holds}) {
    absl::StrAppend(&text, table->empty() ? "" : "\n" + table->Text());
  }
  return text;
}

std::string LotsText(const v1::AccountEntry& entry) {
  std::string text;
  for (int i = 0; i < entry.lots_size() && i < kLotsTold; ++i) {
    const v1::LotChange& lot = entry.lots(i);
    absl::StrAppend(&text, i == 0 ? "" : ", ", Signed(lot.points()),
                    lot.expiry_date().empty() ? " for ever" : " until " + lot.expiry_date());
  }
  const int more = entry.lots_size() - kLotsTold;
  return more > 0 ? absl::StrCat(text, ", ", more, " more") : text;
}

}  // namespace

std::string AccountText(const v1::GetAccountResponse& response) {
  return AccountParts(response.account(), response.as_of_index());
}

std::string EntriesText(const v1::ListEntriesResponse& page) {
  Table table({">index", "kind", "what", ">amount", ">available", ">held", ">debt", "lots",
               "business date", "recorded"});
  for (const v1::AccountEntry& entry : page.entries()) {
    table.Add({std::to_string(entry.index()), KindName(entry.kind()),
               entry.scenario().empty() ? entry.reason() : entry.scenario(), Signed(entry.amount()),
               Grouped(entry.available_after()), Grouped(entry.held_after()),
               Grouped(entry.debt_after()), LotsText(entry), entry.business_date(),
               TimeText(FromTimestamp(entry.record_time()))});
  }
  Table totals({"kind", ">entries", ">in", ">out"});
  for (const v1::MonthTotal& total : page.totals()) {
    totals.Add({KindName(total.kind()), Grouped(total.entries()), Grouped(total.amount_in()),
                Grouped(total.amount_out())});
  }
  return absl::StrCat(
      table.Text(), NextPage(page.next_page_token()),
      page.totals().empty() ? "" : absl::StrCat("\nin all of the month\n", totals.Text()),
      page.totals_left_out() ? "too many entries in the month to add them up here\n" : "",
      "as of entry ", page.as_of_index(), "\n");
}

std::string HouseholdText(const v1::HouseholdsServiceGetResponse& response) {
  const v1::Household& household = response.household();
  Table members({"member", "place", ">daily limit", ">spent today", ">put in"});
  for (int i = 0; i < household.members_size(); ++i) {
    const v1::HouseholdMember& member = household.members(i);
    members.Add({member.account(),
                 i == 0            ? "head"
                 : member.joined() ? "member"
                                   : "invited",
                 Grouped(member.daily_limit()), Grouped(member.spent_today()),
                 Grouped(member.contributed())});
  }
  return absl::StrCat(AccountParts(household.account(), response.as_of_index()), "\n",
                      members.Text());
}

std::string GoalsText(const v1::ListGoalsResponse& response) {
  Table table({"goal", "name", "counted", ">target", ">reached", ">own", ">reward", "from", "to",
               "claim until", "state"});
  for (const v1::Goal& goal : response.goals()) {
    table.Add({goal.name(), goal.display_name(), goal.counted(), Grouped(goal.target()),
               Grouped(goal.reached()), Grouped(goal.own()), Grouped(goal.reward()),
               goal.first_date(), goal.last_date(), goal.claim_until(),
               goal.rewarded()                   ? "rewarded"
               : goal.reached() >= goal.target() ? "reached"
                                                 : "open"});
  }
  return absl::StrCat(table.empty() ? "none\n" : table.Text(), "as of entry ",
                      response.as_of_index(), "\n");
}

}  // namespace tanhui::cli
