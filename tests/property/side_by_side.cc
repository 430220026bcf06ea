#include "tests/property/side_by_side.h"

#include <limits>
#include <sstream>

#include "ledger/core/check.h"
#include "tests/property/request_command.h"

namespace tanhui::model {
namespace {

using world::World;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// The terms at the beginning: points that expire soon, stamps that are written off.
Rules RulesOfPoints() {
  Rules rules;
  rules.validity = 2;
  rules.grace = 10;
  rules.transfers = Policy::kCapped;
  rules.members = 3;
  return rules;
}

Rules RulesOfStamps() {
  Rules rules;
  rules.transfers = Policy::kHousehold;
  rules.credits_while_frozen = false;
  rules.write_off = true;
  rules.members = 2;
  return rules;
}

// Accounts 13 to 16, besides the cast of World: a charity, Carol, a minor and a dated budget.
std::vector<Command> MoreCast() {
  using namespace world;
  Command dated = OpenDatedBudget("b16", "dated", BusinessDate(DayOf(kStart.value()) - 5),
                                  BusinessDate(DayOf(kStart.value()) + 20), 5);
  return {
      CreateParticipant("p8", "relief", ParticipantKind::kCharity),
      By(OpenCharity("ac13", kPoints, ParticipantNo(8)), kOperator),
      By(OpenCitizen("ac14", kPoints), kOperator),
      By(OpenMinor("ac15", kPoints), kOperator),
      By(dated, kOperator),
      SetTerms("t1", kPoints, ToTerms(RulesOfPoints())),
      SetTerms("t2", kStamps, ToTerms(RulesOfStamps())),
      By(Fund("f11", kBudget, 20'000), kOperator),
      By(Fund("f12", kStampBudget, 20'000), kOperator),
      By(Fund("f16", AccountNo(16), 3'000), kOperator),
      By(WithGrams(Award("w5", kAlice, kBudget, 300), 1'001), kOperator),
      By(Award("w6", kBob, kBudget, 200), kOperator),
      By(ActAt(Award("w14", AccountNo(14), kBudget, 100),
               LedgerTime(kStart.value() - 40 * kMicrosPerDay)),
         kOperator),
      By(Award("w7", kStampAlice, kStampBudget, 300), kOperator),
      By(Consent("g15", AccountNo(15), AccountNo(14)), kOperator),
  };
}

// The whole cast in the model's words.
Model Cast(const World& world) {
  Model model;
  model.entries = model.cast = world.entries().size();
  model.participants = {{1, "operator"}, {2, "platform"}, {3, "platform"}, {4, "merchant"},
                        {5, "sponsor"},  {6, "district"}, {7, "merchant"}, {8, "charity"}};
  model.assets = {{1, {1, 2, 1, world::kLimit, RulesOfPoints()}},
                  {2, {3, 4, 2, world::kLimit, RulesOfStamps()}}};
  struct Row {
    Kind kind;
    std::uint64_t asset;
    std::uint64_t participant;
  };
  using enum Kind;
  const Row rows[] = {{kIssuance, 1, 0}, {kExpiry, 1, 0},   {kIssuance, 2, 0}, {kExpiry, 2, 0},
                      {kCitizen, 1, 0},  {kCitizen, 1, 0},  {kCitizen, 2, 0},  {kCitizen, 2, 0},
                      {kMerchant, 1, 4}, {kMerchant, 2, 4}, {kBudget, 1, 5},   {kBudget, 2, 6},
                      {kCharity, 1, 8},  {kCitizen, 1, 0},  {kCitizen, 1, 0},  {kBudget, 1, 5}};
  for (const Row& row : rows) {
    Holding account;
    account.kind = row.kind;
    account.asset = row.asset;
    account.participant = row.participant;
    model.accounts[model.accounts.size() + 1] = account;
  }
  model.accounts[15].minor = true;
  model.accounts[15].guardian = 14;
  model.accounts[16].first_day = DayOf(world::kStart.value()) - 5;
  model.accounts[16].last_day = DayOf(world::kStart.value()) + 20;
  model.accounts[16].return_days = 5;
  for (const std::uint64_t budget : {11, 12, 16}) {
    model.accounts[budget].told_year = 2023;
  }
  model.budget_codes = {"budget", "stamp-budget", "dated"};
  model.merchant_accounts = {{{4, 1}, 9}, {{4, 2}, 10}, {{8, 1}, 13}};
  return model;
}

// An award of the cast, which may be reversed.
Deed DeedOf(const Entry& entry) {
  const auto& award = entry.award();
  Deed deed;
  deed.request.verb = Verb::kAward;
  deed.request.caller = entry.caller();
  deed.request.first = award.account();
  deed.request.second = award.budget();
  deed.request.points = award.points();
  deed.time = entry.recorded_micros();
  const auto& lot = entry.postings(1).lots(0);
  const LotName name{static_cast<int>(lot.expiry_month()), lot.scheme(), lot.funder(), 0};
  deed.legs = {{award.budget(), -award.points(), {}, {}, 0},
               {award.account(), award.points(), {{name, {lot.points(), lot.grams()}}}, {}, 0}};
  return deed;
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

World MakeStart() {
  World world;
  for (const Command& command : MoreCast()) {
    Check(world.Ask(command) == "OK", "the cast of a property");
  }
  return world;
}

}  // namespace

World SideBySide::Start(bool rich) {
  static const World cast = MakeStart();
  World world = cast;
  if (rich) {  // the points that there can be are nearly all there
    world.SetBalance(world::kIssuance, -(kMax - 500));
    world.SetBalance(world::kBudget, 1'000);
    // The dated budget has 3,000, Bob 200, Carol 100.
    world.SetBalance(world::kAlice, kMax - 500 - 1'000 - 3'000 - 300);
  }
  return world;
}

// Balances and histories of the cast are taken as they are.
SideBySide::SideBySide(bool rich)
    : rich_(rich), world_(Start(rich)), model_(Cast(world_)), maker_(model_, asked_) {
  for (auto& [number, holding] : model_.accounts) {
    const Account& account = world_.Of(AccountNo(number));
    holding.balance = account.balance.units();
    holding.funded = account.funded.units();
    for (const Lot& lot : account.lots) {
      holding.lots[{lot.key.expiry.value(), lot.key.scheme.value(), lot.key.funder.value(), 0}] = {
          lot.points.units(), lot.grams};
    }
  }
  for (std::size_t i = 0; i < world_.entries().size(); ++i) {
    for (const auto& posting : world_.entries()[i].postings()) {
      model_.accounts.at(posting.account())
          .history.push_back({i, posting.amount(), posting.balance_after()});
    }
    if (world_.entries()[i].has_award()) {
      model_.deeds[i] = DeedOf(world_.entries()[i]);
    }
  }
}

// Without the digests that say nothing.
std::string InWords(Entry entry) {
  entry.clear_request_digest();
  entry.clear_reference_commitment();
  return entry.ShortDebugString().substr(0, 1'000);
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
  // What was written, the engine's own entries among it.
  const auto* bodies = Entry::descriptor()->FindOneofByName("body");
  for (const Entry& entry : world_.entries()) {
    const auto* body = Entry::GetReflection()->GetOneofFieldDescriptor(entry, bodies);
    ++tally_["(" + body->name() + ")"];
  }
  return difference_;
}

void SideBySide::Expect(bool holds, const std::string& what) {
  if (!holds && difference_.empty()) {
    difference_ = what;
  }
}

void SideBySide::Trial(Act act) {
  if (act == Act::kBegin && !in_trial_) {
    world_.BeginTrial();
    before_trial_ = model_;
    before_played_ = played_.size();
    in_trial_ = true;
  } else if (act == Act::kKeep && in_trial_) {
    world_.KeepTrial();
    in_trial_ = false;
  } else if (act == Act::kUndo && in_trial_) {
    world_.UndoTrial();
    model_ = before_trial_;
    played_.resize(before_played_);
    in_trial_ = false;
    CheckAccounts();
  } else if (act == Act::kTake && !in_trial_) {
    mirror_.Take(world_.mutable_state().TakeChanges());
  }
}

void SideBySide::One(const Draw& draw) {
  switch (draw.act) {
    case Act::kRepeat:
    case Act::kChangedRepeat:
      if (!asked_.empty()) {
        Request request = asked_[draw.a % asked_.size()];
        if (draw.act == Act::kChangedRepeat) {
          maker_.Change(request, draw);
        }
        if (maker_.NamesExist(request)) {
          Ask(request);
        }
      }
      break;
    case Act::kAsk:
      world_.Wait(draw.extra % 3 == 0 ? draw.extra * (rich_ ? 1 : kMicrosPerSecond) : 0);
      world_.WaitDays(draw.c % 30 == 0 && !rich_ ? 5 + draw.a % 40 : 0);
      Ask(maker_.Make(draw, world_.now().value()));
      asked_.push_back(last_);
      break;
    case Act::kSweep:
      Sweep(AccountNo(1 + draw.a % model_.accounts.size()));
      break;
    default:
      Trial(draw.act);
  }
}

void SideBySide::Sweep(AccountNo account) {
  if (world_.Sweep(account)) {
    played_.push_back({world_.now(), {}, account});
  }
  model_.Sweep(account.value(), world_.now().value());
  Expect(world_.entries().size() == model_.entries, "another number of entries after a sweep");
  CheckAccounts();
}

void SideBySide::Ask(const Request& request) {
  last_ = request;
  const std::size_t before = world_.entries().size();
  const Command command = world_.Complete(ToCommand(request));
  CheckSwept(command);
  CheckPart(command);
  const std::string outcome = world_.AskCompleted(command);
  const Answer answer = model_.Ask(request, world_.now().value());
  ++tally_[outcome.substr(0, outcome.find(' '))];
  if (!Agrees(answer, outcome) || world_.entries().size() != model_.entries) {
    std::ostringstream expected;
    expected << "ledger: " << outcome << ", " << world_.entries().size() << " entries\nmodel: sort "
             << static_cast<int>(answer.sort) << " "
             << (answer.sort == Answer::Sort::kRefused ? RowOf(answer.reason).name : "")
             << answer.facts << " entry " << answer.entry << ", " << model_.entries
             << " entries\nof " << InWords(command.draft);
    for (const std::string& field : answer.fields) {
      expected << "\ndiffers in " << field;
    }
    Expect(false, expected.str());
  }
  if (world_.entries().size() > before) {
    played_.push_back({world_.now(), command, std::nullopt});
  }
  CheckAccounts();
  if (!difference_.empty() && world_.entries().size() > before) {
    difference_ += "\nafter " + InWords(world_.last());
  }
}

}  // namespace tanhui::model
