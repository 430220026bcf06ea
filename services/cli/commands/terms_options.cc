#include "services/cli/commands/terms_options.h"

#include <cstdint>
#include <map>
#include <string>

namespace tanhui::cli {
namespace {

using Keeper = std::shared_ptr<void>;

void AddNumber(CLI::App* command, const std::string& option, v1::Terms* terms, const Keeper& keeper,
               void (v1::Terms::*set)(std::uint32_t), const std::string& description) {
  command->add_option_function<std::uint32_t>(
      option, [terms, keeper, set](std::uint32_t value) { (terms->*set)(value); }, description);
}

// One of a few words.
template <typename Value>
void AddChoice(CLI::App* command, const std::string& option, v1::Terms* terms, const Keeper& keeper,
               const std::map<std::string, Value>& choices, void (v1::Terms::*set)(Value),
               const std::string& description) {
  command
      ->add_option_function<std::string>(
          option,
          [terms, keeper, choices, set](const std::string& word) {
            (terms->*set)(choices.at(word));
          },
          description)
      ->check(CLI::IsMember(choices));
}

}  // namespace

void AddTermsOptions(CLI::App* command, v1::Terms* terms, const Keeper& keeper) {
  AddNumber(command, "--validity-months", terms, keeper, &v1::Terms::set_validity_months,
            "Months until an award expires; 0: never; default 12");
  AddNumber(command, "--grace-days", terms, keeper, &v1::Terms::set_grace_days,
            "Days left to what comes back past its date; default 30");
  AddChoice<v1::TransferPolicy>(command, "--transfers", terms, keeper,
                                {{"off", v1::TRANSFER_POLICY_OFF},
                                 {"household", v1::TRANSFER_POLICY_HOUSEHOLD},
                                 {"capped", v1::TRANSFER_POLICY_CAPPED}},
                                &v1::Terms::set_transfers,
                                "Transfers between citizens: off, household or capped");
  command->add_option_function<std::int64_t>(
      "--daily-cap",
      [terms, keeper](std::int64_t points) { terms->set_transfer_daily_cap(points); },
      "With capped transfers: points a giver and day; default 0: no cap");
  AddChoice<bool>(command, "--credits-while-frozen", terms, keeper, {{"yes", true}, {"no", false}},
                  &v1::Terms::set_credits_while_frozen,
                  "Whether frozen accounts take awards and transfers; default yes");
  AddChoice<v1::SpentReversal>(
      command, "--spent-reversal", terms, keeper,
      {{"debt", v1::SPENT_REVERSAL_DEBT}, {"write-off", v1::SPENT_REVERSAL_WRITE_OFF}},
      &v1::Terms::set_spent_reversal,
      "What becomes of reversed points that were spent; default debt");
  AddNumber(command, "--max-hold-days", terms, keeper, &v1::Terms::set_max_hold_days,
            "The longest deadline of a hold; default 30");
  AddNumber(command, "--max-members", terms, keeper, &v1::Terms::set_max_members,
            "The most members of a household; default 8");
  command
      ->add_option_function<std::vector<std::uint32_t>>(
          "--notice-days",
          [terms, keeper](const std::vector<std::uint32_t>& days) {
            terms->mutable_notice_days()->Assign(days.begin(), days.end());
          },
          "Tell so many days before a month's end of points that expire then, such as 30,7")
      ->delimiter(',');
}

}  // namespace tanhui::cli
