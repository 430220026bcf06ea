#include "tests/property/side_by_side.h"

#include <algorithm>
#include <limits>
#include <sstream>

namespace tanhui::model {
namespace {

using world::World;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// The cast of World in the model's words.
Model Cast(const World& world) {
  Model model;
  model.entries = world.entries().size();
  model.participants = {{1, "operator"}, {2, "platform"}, {3, "platform"}, {4, "merchant"},
                        {5, "sponsor"},  {6, "district"}, {7, "merchant"}};
  model.assets = {{1, {1, world::kLimit, true}}, {2, {2, world::kLimit, false}}};
  using enum Kind;
  const Kind kinds[] = {kIssuance, kIssuance, kCitizen,  kCitizen, kCitizen,
                        kCitizen,  kMerchant, kMerchant, kBudget,  kBudget};
  const std::uint64_t assets[] = {1, 2, 1, 1, 2, 2, 1, 2, 1, 2};
  for (std::uint64_t i = 0; i < 10; ++i) {
    model.accounts[i + 1] = {kinds[i], assets[i], 0, {}};
  }
  model.budget_codes = {"budget", "stamp-budget"};
  model.merchant_accounts = {{{4, 1}, 7}, {{4, 2}, 8}};
  return model;
}

Command ToCommand(const Request& r) {
  Command command;
  const std::string_view id = r.id;
  const AccountNo first(r.first);
  const AccountNo second(r.second);
  const AssetNo asset(static_cast<std::uint32_t>(r.first));
  const ParticipantNo participant(static_cast<std::uint32_t>(r.second));
  switch (r.verb) {
    case Verb::kAward:
      command = world::Award(id, first, second, r.points, r.text);
      break;
    case Verb::kRedeem:
      command = world::Redeem(id, first, second, r.points);
      break;
    case Verb::kTransfer:
      command = world::Transfer(id, first, second, r.points);
      break;
    case Verb::kFund:
      command = world::Fund(id, first, r.points);
      break;
    case Verb::kOpenBudget:
      command = world::OpenBudget(id, r.text, participant, asset);
      break;
    case Verb::kOpenCitizen:
      command = world::OpenCitizen(id, asset, r.owner == 0 ? std::nullopt : std::optional(r.owner));
      break;
    case Verb::kOpenMerchant:
      command = world::OpenMerchant(id, asset, participant);
      break;
    case Verb::kRecordFile:
      command = world::RecordFile(id.substr(5), r.text);
      break;
    case Verb::kCancel:
      command = world::Cancel(id, r.text);
      break;
  }
  command = world::By(command, ParticipantNo(r.caller));
  command.draft.set_act_micros(r.act);
  if (r.user != 0) {
    command = world::ForUser(command, r.user);
  }
  if (r.not_after.has_value()) {
    command.not_after = LedgerTime(*r.not_after);
  }
  command.reference = r.reference;
  return command;
}

// Whether the ledger's outcome is what the model answers.
bool Agrees(const Answer& answer, const std::string& outcome) {
  const std::string seen = "SEEN " + std::to_string(answer.entry);
  switch (answer.sort) {
    case Answer::Sort::kOk:
      return outcome == "OK";
    case Answer::Sort::kRefused:
      return outcome.substr(0, outcome.find(' ')) == RowOf(answer.reason).name &&
             outcome.find(answer.facts) != std::string::npos;
    case Answer::Sort::kBlocked:
      return outcome == "BLOCKED " + std::to_string(answer.entry);
    case Answer::Sort::kSeen:
      return outcome == (answer.cancelled_by.has_value()
                             ? seen + " CANCELLED " + std::to_string(*answer.cancelled_by)
                             : seen);
    case Answer::Sort::kOther:
      for (const std::string& field : answer.fields) {
        if (outcome == seen + " OTHER " + field) {
          return true;
        }
      }
      return false;
  }
  return false;
}

}  // namespace

World SideBySide::Start(bool rich) {
  static const World cast;
  World world = cast;
  if (rich) {  // the points that there can be are nearly all there
    world.SetBalance(world::kIssuance, -(kMax - 500));
    world.SetBalance(world::kAlice, kMax - 1500);
    world.SetBalance(world::kBudget, 1000);
  }
  return world;
}

SideBySide::SideBySide(bool rich) : rich_(rich), world_(Start(rich)), model_(Cast(world_)) {
  for (auto& [number, account] : model_.accounts) {
    account.balance = world_.BalanceOf(AccountNo(number));
  }
}

std::string SideBySide::Do(const std::vector<Draw>& draws) {
  for (const Draw& draw : draws) {
    One(draw);
    if (!difference_.empty()) {
      return difference_;
    }
  }
  if (in_trial_) {
    world_.KeepTrial();
  }
  mirror_.Take(world_.mutable_state().TakeChanges());
  CheckMirror();
  CheckHistories();
  CheckRequests();
  CheckReplay();
  CheckSecondRun();
  return difference_;
}

void SideBySide::Expect(bool holds, const std::string& what) {
  if (!holds && difference_.empty()) {
    difference_ = what;
  }
}

void SideBySide::One(const Draw& draw) {
  switch (draw.act) {
    case Act::kBegin:
      if (!in_trial_) {
        world_.BeginTrial();
        before_trial_ = model_;
        before_script_ = script_.size();
        in_trial_ = true;
      }
      break;
    case Act::kKeep:
      if (in_trial_) {
        world_.KeepTrial();
        in_trial_ = false;
      }
      break;
    case Act::kUndo:
      if (in_trial_) {
        world_.UndoTrial();
        model_ = before_trial_;
        script_.resize(before_script_);
        in_trial_ = false;
        CheckBalances();
      }
      break;
    case Act::kTake:
      if (!in_trial_) {
        mirror_.Take(world_.mutable_state().TakeChanges());
      }
      break;
    case Act::kRepeat:
    case Act::kChangedRepeat:
      if (!asked_.empty()) {
        Request request = asked_[draw.a % asked_.size()];
        // An account of a trial that was undone has no name that would be found.
        if (request.verb <= Verb::kFund &&
            (!model_.accounts.contains(request.first) ||
             (request.verb != Verb::kFund && !model_.accounts.contains(request.second)))) {
          break;
        }
        if (draw.act == Act::kChangedRepeat) {
          Change(request, draw);
        }
        Ask(request);
      }
      break;
    case Act::kAsk:
      world_.Wait(draw.extra % 3 == 0 ? draw.extra * 1'000'000 : 0);
      Ask(Make(draw));
      asked_.push_back(last_);
      break;
  }
}

// An account of the kind, most of the time.
std::uint64_t SideBySide::Pick(std::uint32_t number, Kind kind, bool any,
                               std::uint64_t asset) const {
  std::vector<std::uint64_t> fitting;
  for (const auto& [account, value] : model_.accounts) {
    if (any || (value.kind == kind && value.asset == asset)) {
      fitting.push_back(account);
    }
  }
  return fitting[number % fitting.size()];
}

// Small amounts, and amounts around the limits that hold for this giver.
std::int64_t SideBySide::Points(std::uint32_t draw, std::uint64_t giver) const {
  const std::int64_t balance = std::max<std::int64_t>(model_.accounts.at(giver).balance, 0);
  const std::int64_t around[] = {balance,
                                 balance - 1,
                                 balance == kMax ? 1 : balance + 1,
                                 world::kLimit - 1,
                                 world::kLimit,
                                 world::kLimit + 1,
                                 499,
                                 501};
  if (draw >= 600) {
    const std::int64_t points = around[draw % 8];
    if (points > 0 && points <= kMaxPostingAmount.units()) {
      return points;
    }
  }
  return draw % 20 == 19 ? kMaxPostingAmount.units() : 1 + draw % 90;
}

Request SideBySide::Make(const Draw& draw) {
  using enum Kind;
  Request r;
  r.verb = draw.verb;
  r.caller = draw.extra % 7 == 0 ? 3 : 2;
  r.id = "r" + std::to_string(draw.extra % 11 == 0 ? draw.b % 60 : 1000 + made_++);
  const std::uint64_t asset = draw.extra % 5 == 0 ? 2 : 1;
  const bool any = draw.extra % 13 == 0;
  switch (r.verb) {
    case Verb::kAward:
      r.first = Pick(draw.a, kCitizen, any, asset);
      r.second = Pick(draw.b, kBudget, draw.extra % 17 == 0, asset);
      r.points = Points(draw.points, r.second);
      r.text = draw.points == 7 ? std::string(70'000, 's') : "s" + std::to_string(draw.b % 3);
      break;
    case Verb::kRedeem:
      r.first = Pick(draw.a, kCitizen, any, asset);
      r.second = Pick(draw.b, kMerchant, draw.extra % 17 == 0, asset);
      r.points = Points(draw.points, r.first);
      break;
    case Verb::kTransfer:
      r.first = Pick(draw.a, kCitizen, any, asset);
      r.second = Pick(draw.b, kCitizen, draw.extra % 17 == 0, asset);
      r.points = Points(draw.points, r.first);
      break;
    case Verb::kFund:
      r.first = Pick(draw.a, kBudget, any, asset);
      r.points = Points(draw.points, r.first);
      break;
    case Verb::kOpenBudget:
      r.first = asset;
      r.second = draw.a % 7 + 1;
      r.text = "b" + std::to_string(draw.b % 5);
      break;
    case Verb::kOpenCitizen:
      r.first = asset;
      r.user = static_cast<char>(draw.a % 3 == 0 ? 0 : 'a' + draw.b % 8);
      r.owner = static_cast<char>(draw.a % 4 == 0 ? 'A' + draw.b % 3 : 0);
      break;
    case Verb::kOpenMerchant:
      r.first = asset;
      r.second = draw.a % 7 + 1;
      break;
    case Verb::kRecordFile:
      r.id = "file:" + std::to_string(draw.a % 9);
      r.text = draw.b % 2 == 0 ? "" : std::to_string(draw.b % 9);
      break;
    case Verb::kCancel:
      r.text = draw.b % 5 == 0 || asked_.empty() ? "r" + std::to_string(draw.b % 60)
                                                 : asked_[draw.a % asked_.size()].id;
      if (r.text == r.id) {
        r.text += "x";  // the API asks for two ids
      }
      break;
  }
  const std::int64_t now = world_.now().value();
  constexpr std::int64_t kFiveMinutes = 300'000'000;
  const std::int64_t acts[] = {now - 1, now - 4 * kMicrosPerDay, now + kFiveMinutes,
                               now + kFiveMinutes + 1};
  const bool has_act = r.verb <= Verb::kTransfer && draw.extra % 4 == 1;
  r.act = has_act ? acts[draw.points % 4] : 0;
  if (draw.extra % 6 == 2) {
    r.not_after = now - static_cast<std::int64_t>(draw.points % 3) + 1;
  }
  r.reference = draw.extra % 3 == 1 ? "till " + std::to_string(draw.b % 4) : "";
  return r;
}

void SideBySide::Change(Request& r, const Draw& draw) const {
  switch (draw.b % 6) {
    case 0:
      r.points += r.points == 0 ? 0 : 1;
      break;
    case 1:
      r.reference += "!";
      break;
    case 2:
      r.act = r.verb <= Verb::kTransfer ? r.act + 1 : 0;
      break;
    case 3:
      r.first = r.verb >= Verb::kOpenBudget ? r.first : Pick(draw.points, {}, true, 1);
      break;
    case 4:
      r.user = r.verb == Verb::kOpenCitizen ? static_cast<char>('a' + draw.points % 8) : r.user;
      r.owner = r.verb == Verb::kOpenCitizen && draw.points % 2 == 0 ? 'Z' : r.owner;
      break;
    default:  // another command altogether
      if (r.verb <= Verb::kTransfer) {
        r.verb = r.verb == Verb::kRedeem ? Verb::kTransfer : Verb::kRedeem;
        r.text.clear();
      }
  }
}

void SideBySide::Ask(const Request& request) {
  last_ = request;
  const std::size_t before = world_.entries().size();
  const Command command = world_.Complete(ToCommand(request));
  CheckPart(command);
  const std::string outcome = world_.AskCompleted(command);
  const Answer answer = model_.Ask(request, world_.now().value());
  ++tally_[outcome.substr(0, outcome.find(' '))];
  std::ostringstream expected;
  expected << "ledger: " << outcome << "\nmodel: sort " << static_cast<int>(answer.sort) << " "
           << (answer.sort == Answer::Sort::kRefused ? RowOf(answer.reason).name : "")
           << answer.facts << " entry " << answer.entry << "\nof "
           << command.draft.ShortDebugString().substr(0, 400);
  Expect(Agrees(answer, outcome), expected.str());
  if (world_.entries().size() > before) {
    script_.emplace_back(world_.now(), command);
  }
  Expect(world_.entries().size() == model_.entries, "another number of entries");
  CheckBalances();
}

}  // namespace tanhui::model
