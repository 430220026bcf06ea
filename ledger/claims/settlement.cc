// Settlement: runs, their lines, and what becomes of each line.
#include <algorithm>
#include <array>

#include "ledger/claims/rows.h"
#include "ledger/claims/terms.h"
#include "ledger/core/check.h"
#include "ledger/core/postings.h"

namespace tanhui::claims {
namespace {

namespace pb = entry::v1;

Leg LegOf(AccountNo account, std::int64_t fen) {
  Leg leg;
  leg.account = account;
  leg.amount = Amount(fen);
  return leg;
}

// --- runs ---

// The last ledger day that a run made at `now` settles.
BusinessDate UntilOf(const Registry& registry, AssetNo money, LedgerTime now) {
  return BusinessDate(LedgerDay(registry, money, now).value() - 1);
}

std::optional<Refusal> RefusedRun(const Registry& registry, AssetNo money, LedgerTime now) {
  const Asset* asset = registry.Find(money);
  if (asset == nullptr) {
    return Refusal(Reason::kUnknownAsset, "money");
  }
  if (!asset->money) {
    return Refusal(Reason::kAssetMismatch, "money");
  }
  const Run* last = TermsOf(registry).LastRun(money);
  if (last != nullptr && last->until >= UntilOf(registry, money, now)) {
    return Refusal(Reason::kSettlementState, "money")
        .With("state", "RUN_EXISTS")
        .With("entry_index", static_cast<std::int64_t>(last->entry.value()));
  }
  return std::nullopt;
}

std::optional<Refusal> DecideRun(const State& state, const DecideInput& input, Entry& entry) {
  pb::SettlementRun& run = *entry.mutable_settlement_run();
  const AssetNo money(run.money());
  if (auto refusal = RefusedRun(state.registry(), money, input.now)) {
    return refusal;
  }
  run.set_number(TermsOf(state.registry()).next_run().value());
  run.set_until(UntilOf(state.registry(), money, input.now).value());
  return std::nullopt;
}

void RegisterRun(Registry& registry, EntryIndex index, const Entry& entry) {
  const pb::SettlementRun& run = entry.settlement_run();
  registry.ChangeClaimTerms([&](Terms& terms) {
    terms.Add(Run{RunNo(run.number()), AssetNo(run.money()), BusinessDate(run.until()), index});
  });
}

Fault ApplyRun(State& state, EntryIndex index, const Entry& entry) {
  const pb::SettlementRun& run = entry.settlement_run();
  const AssetNo money(run.money());
  const LedgerTime recorded(entry.recorded_micros());
  if (RunNo(run.number()) != TermsOf(state.registry()).next_run()) {
    return "a number that is not the next one";
  }
  if (RefusedRun(state.registry(), money, recorded).has_value() ||
      BusinessDate(run.until()) != UntilOf(state.registry(), money, recorded)) {
    return "a settlement run that cannot be";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterRun(registry, index, entry); });
  return std::nullopt;
}

// --- lines ---

// What a line is about, as far as it is there.
struct LineOf {
  const Run* run;
  const Asset* money = nullptr;
  std::optional<AccountNo> claim = {};

  LineOf(const Registry& registry, const pb::SettlementLine& line)
      : run(TermsOf(registry).Find(RunNo(line.run()))) {
    if (run != nullptr) {
      money = registry.Find(run->money);
      claim = registry.FindMerchantAccount(ParticipantNo(line.merchant()), run->money);
    }
  }
};

// Its steps need them, too.
void NamesOfLine(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const LineOf line(state.registry(), draft.settlement_line());
  if (line.claim.has_value()) {
    out.insert(out.end(), {*line.claim, line.money->settling, line.money->paid});
  }
}

// What a claim has to get of earlier ledger days than the one of `now`.
std::int64_t SettledNow(const State& state, const LineOf& line, LedgerTime now) {
  const Account* claim = state.FindAccount(*line.claim);
  Check(claim != nullptr, "a merchant's claim was not loaded");
  const BusinessDate today = LedgerDay(state.registry(), claim->asset, now);
  std::int64_t fen = 0;
  // It overflows only when both are out of all proportion; then nothing is settled.
  return __builtin_sub_overflow(claim->balance.units(), claim->given.On(today).units(), &fen) ? 0
                                                                                              : fen;
}

std::optional<Refusal> RefusedLine(const State& state, const pb::SettlementLine& body,
                                   LedgerTime now) {
  const LineOf line(state.registry(), body);
  if (line.run == nullptr) {
    return Refusal(Reason::kUnknownRun, "run");
  }
  if (!line.claim.has_value()) {
    return Refusal(Reason::kUnknownAccount, "merchant");
  }
  if (line.run->until != UntilOf(state.registry(), line.run->money, now)) {
    return Refusal(Reason::kSettlementState, "run")
        .With("state", "RUN_OVER")
        .With("entry_index", static_cast<std::int64_t>(line.run->entry.value()));
  }
  const std::int64_t fen = SettledNow(state, line, now);
  return fen > 0 ? std::nullopt
                 : std::optional(Refusal(Reason::kNothingToSettle, "merchant").With("fen", fen));
}

std::optional<Refusal> DecideLine(const State& state, const DecideInput& input, Entry& entry) {
  pb::SettlementLine& body = *entry.mutable_settlement_line();
  if (auto refusal = RefusedLine(state, body, input.now)) {
    return refusal;
  }
  const LineOf line(state.registry(), body);
  body.set_claim(line.claim->value());
  body.set_fen(SettledNow(state, line, input.now));
  const std::array<Leg, 2> legs = {LegOf(*line.claim, -body.fen()),
                                   LegOf(line.money->settling, body.fen())};
  return Post(state, legs, "merchant", entry);
}

// That the postings are `fen` from one account to another.
bool Moves(const Entry& entry, AccountNo from, AccountNo to, std::int64_t fen) {
  return entry.postings_size() == 2 && AccountNo(entry.postings(0).account()) == from &&
         AccountNo(entry.postings(1).account()) == to && fen > 0 &&
         entry.postings(0).amount() == -fen && entry.postings(1).amount() == fen;
}

Fault ApplyLine(State& state, EntryIndex index, const Entry& entry) {
  const pb::SettlementLine& body = entry.settlement_line();
  const LineOf line(state.registry(), body);
  if (!line.claim.has_value() || AccountNo(body.claim()) != *line.claim ||
      line.run->until !=
          UntilOf(state.registry(), line.run->money, LedgerTime(entry.recorded_micros()))) {
    return "a line of a settlement run that cannot be";
  }
  // The postings are applied: a line leaves nothing of earlier days.
  if (!Moves(entry, *line.claim, line.money->settling, body.fen()) ||
      SettledNow(state, line, LedgerTime(entry.recorded_micros())) != 0) {
    return "a line settles what is claimed to the end of its run's day";
  }
  Undone undone;
  undone.line = LineState::kClaimed;
  state.PutUndone(index, undone);
  state.NoteSettlementLine(line.run->number, index);
  return std::nullopt;
}

// --- steps ---

std::string_view NameOf(LineState state) {
  switch (state) {
    case LineState::kNone:
      break;
    case LineState::kClaimed:
      return "CLAIMED";
    case LineState::kApproved:
      return "APPROVED";
    case LineState::kPaid:
      return "PAID";
    case LineState::kReturned:
      return "RETURNED";
  }
  return "";
}

// What an action makes of a line; kNone: it cannot be done.
LineState After(LineState before, pb::SettlementAction action) {
  switch (action) {
    case pb::SETTLEMENT_ACTION_APPROVE:
      return before == LineState::kClaimed ? LineState::kApproved : LineState::kNone;
    case pb::SETTLEMENT_ACTION_PAY:
      return before == LineState::kApproved ? LineState::kPaid : LineState::kNone;
    case pb::SETTLEMENT_ACTION_RETURN:
      return before == LineState::kNone || before == LineState::kReturned ? LineState::kNone
                                                                          : LineState::kReturned;
    default:
      return LineState::kNone;
  }
}

// What the bank did needs its reference, what is turned down a reason.
std::optional<Refusal> RefusedForm(const Entry& entry, LineState before) {
  const pb::SettlementStep& step = entry.settlement_step();
  const bool returns = step.action() == pb::SETTLEMENT_ACTION_RETURN;
  if (returns && step.reason().empty()) {
    return Refusal(Reason::kFieldRequired, "reason");
  }
  const bool by_bank =
      step.action() == pb::SETTLEMENT_ACTION_PAY || (returns && before == LineState::kPaid);
  return by_bank && entry.reference_commitment().empty()
             ? std::optional(Refusal(Reason::kFieldRequired, "bank_reference"))
             : std::nullopt;
}

std::optional<EntryIndex> TargetOfStep(const Entry& draft) {
  return EntryIndex(draft.settlement_step().target());
}

// The legs of a step from `before`; none of an approval.
std::vector<Leg> LegsOf(const LineOf& line, LineState before, const pb::SettlementStep& step) {
  if (step.action() == pb::SETTLEMENT_ACTION_APPROVE) {
    return {};
  }
  const bool pays = step.action() == pb::SETTLEMENT_ACTION_PAY;
  const AccountNo from = before == LineState::kPaid ? line.money->paid : line.money->settling;
  return {LegOf(from, -step.fen()), LegOf(pays ? line.money->paid : *line.claim, step.fen())};
}

std::optional<Refusal> DecideStep(const State& state, const DecideInput& input, Entry& entry) {
  pb::SettlementStep& step = *entry.mutable_settlement_step();
  if (input.target == nullptr || !input.target->has_settlement_line()) {
    return Refusal(Reason::kUnknownRun, "line");
  }
  const LineState before = state.FindUndone(input.target_index).line;
  if (auto refusal = RefusedForm(entry, before)) {
    return refusal;
  }
  if (After(before, step.action()) == LineState::kNone) {
    return Refusal(Reason::kSettlementState, "line").With("state", NameOf(before));
  }
  const pb::SettlementLine& body = input.target->settlement_line();
  const LineOf line(state.registry(), body);
  Check(line.claim.has_value(), "a line of a run without its claim");
  step.set_fen(body.fen());
  step.set_merchant(body.merchant());
  return Post(state, LegsOf(line, before, step), "line", entry);
}

// The line itself is not at hand: whose it is and how much is found out when it is decided again.
Fault WantMoved(const State& state, LineState before, const Entry& entry) {
  constexpr std::string_view kWrong = "the postings are not the fen of the line";
  const pb::SettlementStep& step = entry.settlement_step();
  if (step.action() == pb::SETTLEMENT_ACTION_APPROVE) {
    return entry.postings().empty() ? std::nullopt : Fault(kWrong);
  }
  if (entry.postings_size() != 2) {
    return kWrong;
  }
  const AccountNo from(entry.postings(0).account());
  const AccountNo to(entry.postings(1).account());
  const Asset* money = state.registry().Find(state.FindAccount(from)->asset);
  const auto claim =
      state.registry().FindMerchantAccount(ParticipantNo(step.merchant()), money->number);
  const bool pays = step.action() == pb::SETTLEMENT_ACTION_PAY;
  const bool fits = money->money && claim.has_value() &&
                    Moves(entry, before == LineState::kPaid ? money->paid : money->settling,
                          pays ? money->paid : *claim, step.fen());
  return fits ? std::nullopt : Fault(kWrong);
}

Fault ApplyStep(State& state, EntryIndex index, const Entry& entry) {
  const pb::SettlementStep& step = entry.settlement_step();
  const EntryIndex target(step.target());
  if (target >= index || state.registry().Find(ParticipantNo(step.merchant())) == nullptr) {
    return "a step of a settlement that cannot be";
  }
  Undone undone = state.FindUndone(target);
  const LineState before = undone.line;
  undone.line = After(before, step.action());
  if (undone.line == LineState::kNone || RefusedForm(entry, before).has_value()) {
    return "a step that the line of the run is not at";
  }
  if (Fault fault = WantMoved(state, before, entry)) {
    return fault;
  }
  state.PutUndone(target, undone);
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kSettlementRun,
     .decide = DecideRun,
     .apply = ApplyRun,
     .registers = RegisterRun},
    {.body = Entry::kSettlementLine,
     .decide = DecideLine,
     .apply = ApplyLine,
     .names = NamesOfLine,
     .moves = true},
    {.body = Entry::kSettlementStep,
     .decide = DecideStep,
     .apply = ApplyStep,
     .target = TargetOfStep,
     .moves = true},
};

}  // namespace

std::span<const BookRow> SettlementRows() { return kRows; }

}  // namespace tanhui::claims
