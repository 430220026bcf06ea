#include "tests/property/ledger_model.h"

#include <limits>

namespace tanhui::model {
namespace {

using Wide = __int128;
constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
constexpr Wide kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kFiveMinutes = 300'000'000;
constexpr std::size_t kSurelyTooLarge = 65'535;  // of a text alone

// "a citizen's amount never goes below zero"; only issuance does, and never above it.
bool Allowed(Kind kind, Wide balance) {
  return kind == Kind::kIssuance ? balance <= 0 && balance >= kLeast
                                 : balance >= 0 && balance <= kMost;
}

bool IsMove(Verb verb) {
  return verb == Verb::kAward || verb == Verb::kRedeem || verb == Verb::kTransfer ||
         verb == Verb::kFund;
}

// Of an account: to the API both are OpenAccount.
bool IsOpening(Verb verb) { return verb == Verb::kOpenCitizen || verb == Verb::kOpenMerchant; }

// The fields of a request that differ, as the API names them.
std::set<std::string> Differences(const Request& a, const Request& b) {
  const bool openings = IsOpening(a.verb) && IsOpening(b.verb);
  if (a.verb != b.verb && !openings) {
    return {"request_id"};
  }
  std::set<std::string> fields;
  if (a.verb != b.verb) {
    fields.insert("merchant");
  }
  const auto compare = [&fields](bool same, const char* name) {
    if (!same) {
      fields.insert(name);
    }
  };
  const char* first = "asset";
  const char* second = "merchant";
  const char* text = "budget_id";
  switch (a.verb) {
    case Verb::kAward:
      first = "account";
      second = "budget";
      text = "scenario";
      break;
    case Verb::kRedeem:
      first = "account";
      second = "merchant";
      break;
    case Verb::kTransfer:
      first = "from_account";
      second = "to_account";
      break;
    case Verb::kFund:
      first = "budget";
      break;
    case Verb::kOpenBudget:
      second = "sponsor";
      break;
    case Verb::kRecordFile:
      text = "supersedes_file_id";
      break;
    case Verb::kCancel:
      text = "target_request_id";
      break;
    default:
      break;
  }
  compare(a.first == b.first, first);
  compare(a.second == b.second, second);
  compare(a.points == b.points, "points");
  compare(a.text == b.text, text);
  compare(a.text == b.text || a.verb != Verb::kOpenBudget, "display_name");
  compare(a.user == b.user, "platform_user_id");
  compare(a.owner == b.owner, "owner");
  compare(a.act == b.act, "act_time");
  compare(a.reference == b.reference, "reference");
  // The log does not say whether the first owner was drawn: see conflict_test.cc.
  if (fields.contains("owner") && b.owner == 0) {
    fields.insert("platform_user_id");
  }
  return fields;
}

}  // namespace

// What holds of the two balances that a step changes.
void Model::AddLimits(const Step& step, std::set<Reason>& reasons) const {
  const Holding& from = accounts.at(step.from);
  const Holding& to = accounts.at(step.to);
  const Wide left = Wide{from.balance} - step.points;
  if (!Allowed(from.kind, left)) {
    reasons.insert(from.kind == Kind::kIssuance ? Reason::kBalanceLimit
                   : from.kind == Kind::kBudget ? Reason::kInsufficientBudget
                                                : Reason::kInsufficientBalance);
  }
  if (!Allowed(to.kind, Wide{to.balance} + step.points)) {
    reasons.insert(Reason::kBalanceLimit);
  }
}

std::set<Reason> Model::ReasonsOfMove(const Request& request, Step& step) const {
  std::set<Reason> reasons;
  const Holding& first = accounts.at(request.first);
  const auto want = [&reasons](const Holding& account, Kind kind) {
    if (account.kind != kind) {
      reasons.insert(Reason::kWrongAccountKind);
    }
  };
  if (request.verb == Verb::kFund) {
    want(first, Kind::kBudget);
    step = {assets.at(first.asset).issuance, request.first, request.points};
    AddLimits(step, reasons);
    return reasons;
  }
  const Holding& second = accounts.at(request.second);
  step = {request.first, request.second, request.points};
  want(first, Kind::kCitizen);
  if (request.verb == Verb::kAward) {
    want(second, Kind::kBudget);
    std::swap(step.from, step.to);
  } else if (request.verb == Verb::kRedeem) {
    want(second, Kind::kMerchant);
  } else {
    want(second, Kind::kCitizen);
    if (request.first == request.second) {
      reasons.insert(Reason::kSameAccount);
    }
    if (!assets.at(first.asset).transfers) {
      reasons.insert(Reason::kTransfersOff);
    }
  }
  if (first.asset != second.asset) {
    reasons.insert(Reason::kAssetMismatch);
  }
  if (request.points > assets.at(accounts.at(step.from).asset).limit) {
    reasons.insert(Reason::kAmountOverAssetLimit);
  }
  if (step.from != step.to) {
    AddLimits(step, reasons);
  }
  return reasons;
}

std::set<Reason> Model::ReasonsOfOpening(const Request& request) const {
  std::set<Reason> reasons;
  if (request.verb == Verb::kOpenBudget) {
    const std::string& sponsor = participants.at(request.second);
    if (sponsor != "sponsor" && sponsor != "district") {
      reasons.insert(Reason::kWrongParticipantKind);
    }
    if (budget_codes.contains(request.text)) {
      reasons.insert(Reason::kCodeExists);
    }
  } else if (request.verb == Verb::kOpenMerchant) {
    if (participants.at(request.second) != "merchant") {
      reasons.insert(Reason::kWrongParticipantKind);
    }
    if (merchant_accounts.contains({request.second, request.first})) {
      reasons.insert(Reason::kAccountExists);
    }
  } else if (request.user != 0 && users.contains(request.user)) {
    reasons.insert(Reason::kAccountExists);
  }
  return reasons;
}

std::set<Reason> Model::ReasonsOfCancel(const Request& request, Step& step) const {
  const auto target = outcomes.find({request.caller, request.text});
  if (target == outcomes.end()) {
    return {};
  }
  std::set<Reason> reasons;
  const Outcome& outcome = target->second;
  if (outcome.cancelled_by.has_value()) {
    reasons.insert(Reason::kAlreadyCancelled);
  }
  if (!outcome.undoable) {
    reasons.insert(Reason::kNotCancellable);
    return reasons;
  }
  step = {outcome.to, outcome.from, outcome.request.points};
  AddLimits(step, reasons);
  return reasons;
}

void Model::Happen(const Request& request, const Step& step) {
  const std::uint64_t entry = entries++;
  const std::uint64_t next = accounts.size() + 1;
  Outcome& outcome = outcomes[{request.caller, request.id}];
  outcome = {request, entry, std::nullopt, false, IsMove(request.verb), step.from, step.to};
  if (step.points != 0) {
    Holding& from = accounts.at(step.from);
    Holding& to = accounts.at(step.to);
    from.balance -= step.points;
    to.balance += step.points;
    from.history.push_back({entry, -step.points, from.balance});
    to.history.push_back({entry, step.points, to.balance});
  }
  switch (request.verb) {
    case Verb::kOpenBudget:
      accounts[next] = {Kind::kBudget, request.first, 0, {}};
      budget_codes.insert(request.text);
      break;
    case Verb::kOpenCitizen:
      accounts[next] = {Kind::kCitizen, request.first, 0, {}};
      if (request.user != 0) {
        users[request.user] = next;
      }
      break;
    case Verb::kOpenMerchant:
      accounts[next] = {Kind::kMerchant, request.first, 0, {}};
      merchant_accounts[{request.second, request.first}] = next;
      break;
    case Verb::kCancel: {
      const auto [target, unseen] = outcomes.try_emplace({request.caller, request.text});
      if (unseen) {
        target->second.entry = entry;
        target->second.blocked = true;
      }
      target->second.cancelled_by = entry;
      break;
    }
    default:
      break;
  }
}

Answer Model::Ask(const Request& request, std::int64_t now) {
  const auto refused = [](Reason reason) {
    Answer answer;
    answer.sort = Answer::Sort::kRefused;
    answer.reason = reason;
    return answer;
  };
  if (request.text.size() > kSurelyTooLarge) {
    return refused(Reason::kRequestTooLarge);
  }
  if (const auto seen = outcomes.find({request.caller, request.id}); seen != outcomes.end()) {
    const Outcome& first = seen->second;
    Answer answer;
    answer.entry = first.entry;
    answer.cancelled_by = first.cancelled_by;
    answer.sort = first.blocked ? Answer::Sort::kBlocked : Answer::Sort::kSeen;
    if (!first.blocked) {
      answer.fields = Differences(first.request, request);
      answer.sort = answer.fields.empty() ? Answer::Sort::kSeen : Answer::Sort::kOther;
    }
    return answer;
  }
  Step step;
  std::set<Reason> reasons = IsMove(request.verb)            ? ReasonsOfMove(request, step)
                             : request.verb == Verb::kCancel ? ReasonsOfCancel(request, step)
                                                             : ReasonsOfOpening(request);
  if (request.verb == Verb::kRecordFile && !request.text.empty()) {
    const auto file = outcomes.find({request.caller, "file:" + request.text});
    if (file == outcomes.end() || file->second.cancelled_by.has_value()) {
      reasons.insert(Reason::kUnknownFile);
    }
  }
  if (request.not_after.has_value() && now > *request.not_after) {
    reasons.insert(Reason::kRequestTooLate);
  }
  if (request.act > now + kFiveMinutes) {
    reasons.insert(Reason::kActInFuture);
  }
  if (reasons.empty()) {
    Happen(request, step);
    return {};
  }
  Answer answer = refused(*reasons.begin());
  if (answer.reason == Reason::kInsufficientBudget ||
      answer.reason == Reason::kInsufficientBalance) {
    answer.facts = " needed=" + std::to_string(step.points) +
                   " available=" + std::to_string(accounts.at(step.from).balance);
  }
  return answer;
}

}  // namespace tanhui::model
