#include "tests/simulation/year.h"

#include <algorithm>

#include "ledger/core/check.h"

namespace tanhui::simulation {
namespace {

using sequencer::Outcome;
namespace pb = entry::v1;

constexpr std::size_t kStep = 512;
constexpr std::size_t kRemembered = 5'000;

sequencer::TownOptions Options() {
  sequencer::TownOptions options;
  options.cast = false;
  return options;
}

std::string NameOfBody(const Entry& entry) {
  return std::string(
      Entry::descriptor()->FindFieldByNumber(static_cast<int>(entry.body_case()))->name());
}

}  // namespace

// Short lives, so that a year sees many of them end.
Terms Year::terms() {
  Terms terms;
  terms.validity_months = 3;
  terms.grace_days = 10;
  terms.transfers = TransferPolicy::kCapped;
  terms.transfer_daily_cap = Amount(200);
  terms.max_hold_days = 60;
  return terms;
}

Year::Year(const YearOptions& options)
    : options_(options), town_(Options()), random_(options.seed) {}

void Year::Play(const std::vector<Command>& commands) {
  sequencer::Submission submission;
  submission.commands = town_.desk().Complete(commands);
  for (const Outcome& outcome : town_.Send(std::move(submission)).get()) {
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
      ++tally_[std::string(RowOf(refusal->reason).name)];
    } else {
      const auto& accepted = std::get<sequencer::Accepted>(outcome);
      ++tally_[NameOfBody(accepted.entry)];
      Remember(accepted.entry, accepted.index);
    }
  }
}

void Year::Remember(const Entry& entry, EntryIndex index) {
  const auto id = RequestId::FromStored(entry.request_id());
  const auto keep = [&](std::deque<Past>& where, std::int64_t points, std::uint64_t quantity) {
    where.push_back({index.value(), points, quantity, id->text()});
    if (where.size() > kRemembered) {
      where.pop_front();
    }
  };
  switch (entry.body_case()) {
    case Entry::kParticipantCreation:
      registered_.emplace_back(entry.participant_creation().number());
      break;
    case Entry::kAccountOpening:
      opened_.emplace_back(entry.account_opening().number());
      break;
    case Entry::kBudgetOpening:
      opened_.emplace_back(entry.budget_opening().number());
      break;
    case Entry::kHouseholdOpening:
      opened_.emplace_back(entry.household_opening().number());
      break;
    case Entry::kAward:
      keep(awards_, entry.award().points(), std::max<std::uint64_t>(entry.award().quantity(), 1));
      keep(cancellable_, 0, 0);
      break;
    case Entry::kRedemption:
      keep(spendings_, entry.redemption().points(), 0);
      keep(cancellable_, 0, 0);
      break;
    case Entry::kCapture:
      keep(spendings_, entry.capture().points(), 0);
      break;
    case Entry::kHold:
      keep(holds_, entry.hold().points(), 0);
      break;
    case Entry::kTransfer:
      keep(cancellable_, 0, 0);
      break;
    default:
      break;
  }
}

Year::Past Year::PickPast(std::deque<Past>& from) {
  return from.empty() ? Past{} : from[Random(static_cast<Number>(from.size()))];
}

void Year::OpenTown() {
  Play({world::By(world::CreateScheme(NextId(), "city"), world::kOperator)});
  std::vector<Command> commands = {
      world::CreateParticipant(NextId(), "platform", ParticipantKind::kPlatform)};
  for (int i = 0; i < 4; ++i) {
    commands.push_back(world::CreateParticipant(NextId(), "sponsor-" + std::to_string(i),
                                                ParticipantKind::kSponsor));
  }
  for (int i = 0; i < 5; ++i) {
    commands.push_back(world::CreateParticipant(NextId(), "merchant-" + std::to_string(i),
                                                ParticipantKind::kMerchant));
  }
  commands.push_back(world::CreateParticipant(NextId(), "trees", ParticipantKind::kCharity));
  for (Command& command : commands) {
    command = world::By(command, world::kOperator);
  }
  Play(commands);
  sponsors_.assign(registered_.begin() + 1, registered_.begin() + 5);
  Play({world::CreateAsset(NextId(), "points", SchemeNo(1), 10'000, terms())});
  commands.clear();
  for (int i = 0; i < 5; ++i) {
    commands.push_back(
        world::OpenMerchant(NextId(), asset(), registered_[5 + static_cast<std::size_t>(i)]));
  }
  commands.push_back(world::OpenCharity(NextId(), asset(), registered_.back()));
  opened_.clear();
  Play(commands);
  merchants_.assign(opened_.begin(), opened_.begin() + 5);
  charities_ = {opened_.back()};
}

// Each sponsor's budget of a quarter: it pays a little longer than it is drawn on, and what is
// unused goes back some days later.
void Year::OpenBudgets(int quarter) {
  const BusinessDate today = ShanghaiDate(town_.clock().Wall());
  std::vector<Command> commands;
  opened_.clear();
  for (std::size_t i = 0; i < sponsors_.size(); ++i) {
    Command command = world::OpenDatedBudget(
        NextId(), "budget-" + std::to_string(quarter) + "-" + std::to_string(i), today,
        BusinessDate(today.value() + 95), 5);
    command.draft.mutable_budget_opening()->set_sponsor(sponsors_[i].value());
    command.draft.mutable_budget_opening()->set_asset(asset().value());
    command.draft.mutable_budget_opening()->set_year_end(i % 2 == 0 ? pb::YEAR_END_RETURN
                                                                    : pb::YEAR_END_CARRY);
    commands.push_back(command);
  }
  Play(commands);
  budgets_ = opened_;
  commands.clear();
  for (std::size_t i = 0; i < budgets_.size(); ++i) {
    // The last one is always too small.
    commands.push_back(
        world::Fund(NextId(), budgets_[i], i + 1 == budgets_.size() ? 20'000 : 4'000'000));
  }
  Play(commands);
}

void Year::OpenPeople() {
  opened_.clear();
  for (int opened = 0; opened < options_.citizens;) {
    std::vector<Command> commands;
    for (; opened < options_.citizens && commands.size() < 4'096; ++opened) {
      commands.push_back(opened % 50 == 49 ? world::OpenMinor(NextId(), asset())
                                           : world::OpenCitizen(NextId(), asset()));
    }
    Play(commands);
  }
  std::vector<Command> consents;
  for (std::size_t i = 0; i < opened_.size(); ++i) {
    if (i % 50 == 49) {
      minors_.emplace_back(opened_[i], opened_[i - 1]);
      consents.push_back(world::Consent(NextId(), opened_[i], opened_[i - 1]));
    } else {
      citizens_.push_back(opened_[i]);
    }
  }
  consents.pop_back();  // one guardian never consents
  Play(consents);
}

void Year::OpenHouseholds() {
  std::vector<Command> commands;
  const std::size_t homes = citizens_.size() / 30;
  for (std::size_t i = 0; i < homes; ++i) {
    commands.push_back(world::OpenHousehold(NextId(), asset(), citizens_[i * 3]));
  }
  opened_.clear();
  Play(commands);
  commands.clear();
  for (std::size_t i = 0; i < homes; ++i) {
    const Home& home = households_.emplace_back(
        Home{opened_[i], {citizens_[i * 3], citizens_[i * 3 + 1], citizens_[i * 3 + 2]}});
    for (const AccountNo member : {home.members[1], home.members[2]}) {
      commands.push_back(
          world::Invite(NextId(), home.account, member, home.members[0], 50 + Random(200)));
      commands.push_back(world::Accept(NextId(), home.account, member));
    }
  }
  Play(commands);
}

Command Year::DrawEarning() {
  const bool minor = Random(20) == 0;
  const AccountNo who = minor ? Pick(minors_).first : Pick(citizens_);
  Command award = world::Award(NextId(), who, Pick(budgets_), 1 + Random(60));
  if (Random(3) == 0) {
    award = world::WithItems(award, 1 + Random(5));
  }
  const std::int64_t late = static_cast<std::int64_t>(Random(100)) * kMicrosPerDay;
  if (Random(20) == 0) {
    award = world::ActAt(award, LedgerTime(town_.clock().Wall().value() - late));
  }
  return world::WithGrams(award, 10 * (1 + Random(600)));
}

Command Year::DrawSpending() {
  const auto& [minor, guardian] = Pick(minors_);
  const std::int64_t points = 1 + Random(80);
  switch (Random(10)) {
    case 0:
      return world::Redeem(NextId(), minor, Pick(merchants_), points, guardian);
    case 1:
      return world::Donate(NextId(), Pick(citizens_), charities_[0], points);
    case 2:
      return world::Transfer(NextId(), Pick(citizens_), Pick(citizens_), points);
    case 3:
    case 4:
    case 5: {
      const std::int64_t ahead = (1 + Random(40)) * kMicrosPerDay;
      return world::HoldPoints(NextId(), Pick(citizens_), Pick(merchants_), points,
                               LedgerTime(town_.clock().Wall().value() + ahead));
    }
    default:
      return world::Redeem(NextId(), Pick(citizens_), Pick(merchants_), points);
  }
}

Command Year::Booked(Command command) {
  if (Random(4) != 0) {
    return command;
  }
  const std::int32_t today = ShanghaiDate(town_.clock().Wall()).value();
  const std::int32_t day = today - static_cast<std::int32_t>(Random(40));
  Entry& draft = command.draft;
  if (draft.has_refund()) {
    draft.mutable_refund()->set_booked_on(day);
  } else if (draft.has_reversal()) {
    draft.mutable_reversal()->set_booked_on(day);
  } else {
    draft.mutable_cancellation()->set_booked_on(day);
  }
  return command;
}

Command Year::DrawFollowUp() {
  const Past hold = PickPast(holds_);
  const Past spending = PickPast(spendings_);
  const Past award = PickPast(awards_);
  const Past any = PickPast(cancellable_);
  const auto part = [this](std::int64_t points) {
    return 1 + static_cast<std::int64_t>(
                   Random(static_cast<Number>(std::max<std::int64_t>(points, 1))));
  };
  switch (Random(8)) {
    case 0:
    case 1:
    case 2:
      return world::Capture(NextId(), hold.index, part(hold.points));
    case 3:
      return world::Release(NextId(), hold.index);
    case 4:
    case 5:
      return Booked(world::Refund(NextId(), spending.index, part(spending.points)));
    case 6:
      return Booked(world::Reverse(
          NextId(), award.index,
          1 + Random(static_cast<Number>(std::max<std::uint64_t>(award.quantity, 1)))));
    default:
      return Booked(world::Cancel(NextId(), any.request_id.empty() ? "never" : any.request_id));
  }
}

Command Year::DrawHousehold() {
  const Home& home = Pick(households_);
  const AccountNo member = Pick(home.members);
  switch (Random(12)) {
    case 0:
      return world::Leave(NextId(), home.account, member);
    case 1:
      return world::Invite(NextId(), home.account, member, home.members[0], 100);
    case 2:
      return world::Accept(NextId(), home.account, member);
    case 3:
      return world::ChangeHousehold(NextId(), home.account, member, pb::HOUSEHOLD_ACTION_LIMIT,
                                    home.members[0], 20 + Random(200));
    case 4:
    case 5:
    case 6:
      return world::Redeem(NextId(), home.account, Pick(merchants_), 1 + Random(30), member);
    case 7:
      return world::Donate(NextId(), home.account, charities_[0], 1 + Random(5), member);
    default:
      return world::Contribute(NextId(), home.account, member, 1 + Random(60));
  }
}

Command Year::DrawAccountChange() {
  const AccountNo who = Pick(citizens_);
  switch (Random(12)) {
    case 0:
      return world::Close(NextId(), who, Random(2) == 0);
    case 1:
      return world::Merge(NextId(), who, Pick(citizens_));
    case 2:
      return world::HandOver(NextId(), Pick(minors_).first);
    case 3:
      return world::ReturnBudget(NextId(), budgets_.back());
    case 4:
      return world::Fund(NextId(), budgets_.back(), 5'000);
    case 5:
    case 6:
      return world::SetStatus(NextId(), who, AccountStatus::kFrozen);
    case 7:
      return world::SetStatus(NextId(), who, AccountStatus::kLost);
    default:
      return world::SetStatus(NextId(), who, AccountStatus::kOpen);
  }
}

Command Year::Draw() {
  const Number kind = Random(100);
  if (kind < 50) {
    return DrawEarning();
  }
  if (kind < 70) {
    return DrawSpending();
  }
  if (kind < 88) {
    return DrawFollowUp();
  }
  return kind < 98 ? DrawHousehold() : DrawAccountChange();
}

void Year::SweepAll() {
  const std::uint64_t last = (*town_.store().ReadHead())->head.next_account.value();
  for (std::uint64_t first = 1; first < last; first += kStep) {
    sequencer::Submission submission;
    for (std::uint64_t number = first; number < std::min(last, first + kStep); ++number) {
      submission.sweep.emplace_back(number);
    }
    Check(town_.Send(std::move(submission)).get().empty(), "a sweep was refused");
  }
}

void Year::CloseMonth() {
  const Month today = MonthOf(ShanghaiDate(town_.clock().Wall()));
  if (next_to_close_ == Month(0)) {
    next_to_close_ = today;
  }
  if (today == next_to_close_) {
    return;
  }
  Command command = world::Fund(NextId(), budgets_[0], 1);
  command.draft.mutable_period_closing()->set_scheme(1);
  command.draft.mutable_period_closing()->set_month(next_to_close_.value());
  const int closed = tally_["period_closing"];
  Play({command});
  Check(tally_["period_closing"] == closed + 1, "a month was not closed");
  next_to_close_ = Plus(next_to_close_, 1);
}

void Year::LiveDay(int day) {
  if (day % 90 == 0) {
    OpenBudgets(day / 90);
  }
  std::vector<Command> commands;
  for (int i = 0; i < options_.commands_per_day; ++i) {
    commands.push_back(Draw());
  }
  Play(commands);
  town_.clock().Wait(kMicrosPerDay);
  if (day % 7 == 0) {
    SweepAll();
    CloseMonth();
  }
}

void Year::Live() {
  OpenTown();
  OpenPeople();
  OpenHouseholds();
  for (int day = 0; day < options_.days; ++day) {
    LiveDay(day);
  }
  SweepAll();
}

}  // namespace tanhui::simulation
