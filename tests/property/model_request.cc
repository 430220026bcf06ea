#include "tests/property/model_request.h"

#include <map>

namespace tanhui::model {
namespace {

using Fields = std::map<std::string, std::string>;

std::string InWords(const Rules& rules) {
  std::string text;
  for (const std::int64_t number :
       {std::int64_t{rules.validity}, std::int64_t{rules.grace},
        static_cast<std::int64_t>(rules.transfers), rules.cap,
        std::int64_t{rules.credits_while_frozen}, std::int64_t{rules.write_off},
        std::int64_t{rules.hold_days}, static_cast<std::int64_t>(rules.members)}) {
    text += std::to_string(number) + " ";
  }
  return text;
}

// What two openings can differ in: to the API both are OpenAccount.
Fields OfOpening(const Request& r) {
  const std::string kind = std::to_string(static_cast<int>(r.verb)) + " ";
  return {{"asset", std::to_string(r.first)},
          {"merchant", kind + std::to_string(r.second)},
          {"owner", std::string(1, r.owner)},
          {"minor", std::to_string(r.yes)}};
}

Fields OfPoints(const Request& r) {
  const std::string first = std::to_string(r.first);
  const std::string second = std::to_string(r.second);
  const std::string points = std::to_string(r.points);
  const std::string acting = std::to_string(r.acting);
  switch (r.verb) {
    case Verb::kAward:
      return {{"account", first},
              {"budget", second},
              {"points", points},
              {"scenario", r.text},
              {"quantity", std::to_string(r.quantity)},
              {"grams", std::to_string(r.grams)}};
    case Verb::kRedeem:
      return {
          {"account", first}, {"merchant", second}, {"points", points}, {"acting_account", acting}};
    case Verb::kDonate:
      return {
          {"account", first}, {"charity", second}, {"points", points}, {"acting_account", acting}};
    case Verb::kHold:
      return {{"account", first},
              {"merchant", second},
              {"points", points},
              {"deadline", std::to_string(r.deadline)},
              {"acting_account", acting}};
    case Verb::kTransfer:
      return {{"from_account", first}, {"to_account", second}, {"points", points}};
    case Verb::kContribute:
      return {{"household", first}, {"member", second}, {"points", points}};
    default:  // funding
      return {{"budget", first}, {"points", points}};
  }
}

// Methods that share a body: another action is another request altogether.
Fields OfAccount(const Request& r) {
  const std::string first = std::to_string(r.first);
  const std::string second = std::to_string(r.second);
  switch (r.verb) {
    case Verb::kSetStatus:
      return {{"account", first}, {"request_id", std::to_string(static_cast<int>(r.status))}};
    case Verb::kClose:
      return {{"account", first}, {"forfeit", std::to_string(r.yes)}};
    case Verb::kMerge:
      return {{"from", first}, {"into", second}};
    case Verb::kGuardian:
      return {{"account", first},
              {"guardian", second},
              {"request_id", std::to_string(static_cast<int>(r.guard))}};
    case Verb::kOpenHousehold:
      return {{"asset", first}, {"head", second}};
    default:  // a household's change
      return {{"household", first},
              {"member", second},
              {"request_id", std::to_string(static_cast<int>(r.household))},
              {"daily_limit", std::to_string(r.points)},
              {"acting_account", std::to_string(r.acting)}};
  }
}

Fields OfOthers(const Request& r) {
  const std::string entry = std::to_string(r.entry);
  switch (r.verb) {
    case Verb::kOpenBudget:
      return {{"asset", std::to_string(r.first)},
              {"sponsor", std::to_string(r.second)},
              {"budget_id", r.text},
              {"display_name", r.text},
              {"first_date", std::to_string(r.first_day)},
              {"last_date", std::to_string(r.last_day)},
              {"return_days", std::to_string(r.return_days)},
              {"year_end", std::to_string(r.yes)}};
    case Verb::kSetTerms:
      return {{"asset", std::to_string(r.first)}, {"terms", InWords(r.rules)}};
    case Verb::kCapture:
      return {{"hold", entry}, {"points", std::to_string(r.points)}};
    case Verb::kRelease:
      return {{"hold", entry}};
    case Verb::kRefund:
      return {{"entry_index", entry}, {"points", std::to_string(r.points)}};
    case Verb::kReverse:
      return {{"entry_index", entry}, {"quantity", std::to_string(r.quantity)}};
    case Verb::kReturnBudget:
      return {{"budget", std::to_string(r.first)}};
    case Verb::kRecordFile:
      return {{"supersedes_file_id", r.text}};
    default:  // a cancellation
      return {{"target_request_id", r.text}};
  }
}

bool IsOpening(Verb verb) {
  return verb == Verb::kOpenCitizen || verb == Verb::kOpenMerchant || verb == Verb::kOpenCharity;
}

Fields FieldsOf(const Request& r) {
  Fields fields;
  if (IsOpening(r.verb)) {
    fields = OfOpening(r);
  } else if (r.verb <= Verb::kFund || r.verb == Verb::kDonate || r.verb == Verb::kHold ||
             r.verb == Verb::kContribute) {
    fields = OfPoints(r);
  } else if (r.verb >= Verb::kSetStatus && r.verb != Verb::kReturnBudget) {
    fields = OfAccount(r);
  } else {
    fields = OfOthers(r);
  }
  fields["platform_user_id"] = std::string(1, r.user);
  fields["act_time"] = std::to_string(r.act);
  fields["reference"] = r.reference;
  return fields;
}

}  // namespace

std::set<std::string> Differences(const Request& a, const Request& b) {
  if (a.verb != b.verb && !(IsOpening(a.verb) && IsOpening(b.verb))) {
    return {"request_id"};
  }
  const Fields first = FieldsOf(a);
  std::set<std::string> names;
  for (const auto& [name, value] : FieldsOf(b)) {
    if (first.at(name) != value) {
      names.insert(name);
    }
  }
  // The log does not say whether the first owner was drawn: see conflict_test.cc.
  if (names.contains("owner") && b.owner == 0) {
    names.insert("platform_user_id");
  }
  return names;
}

}  // namespace tanhui::model
