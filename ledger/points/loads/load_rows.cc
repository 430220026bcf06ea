// Opening balances from an older system: a load is opened, states what each account had, is sealed
// or dropped, and then credited. LOADS.md tells the rules.
#include <algorithm>
#include <array>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/loads/register.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

using loads::ControlTotals;
using loads::Load;
using loads::LoadsOf;

std::string_view NameOf(LoadState state) {
  switch (state) {
    case LoadState::kSealed:
      return "sealed";
    case LoadState::kDropped:
      return "dropped";
    case LoadState::kOpen:
      break;
  }
  return "open";
}

ControlTotals ControlOf(const pb::LoadOpening& opening) {
  return {opening.accounts(), Amount(opening.points()), Amount(opening.grams())};
}
ControlTotals StatedOf(const LoadTotals& totals) {
  return {totals.accounts, totals.points, totals.grams};
}

// --- what a load is asked, by its entry ---

Refusal WrongState(LoadState state) {
  return Refusal(Reason::kLoadState, "load").With("state", NameOf(state));
}

// The totals of the load that the entry began; nullopt when it began none.
std::optional<LoadTotals> TotalsOf(const State& state, EntryIndex load) {
  return LoadsOf(state.registry()).FindLoad(load) == nullptr ? std::nullopt
                                                             : state.FindUndone(load).load;
}

void PutTotals(State& state, EntryIndex load, const LoadTotals& totals) {
  Undone undone = state.FindUndone(load);
  undone.load = totals;
  state.PutUndone(load, undone);
}

// --- opening ---

// The account is opened by the asset's first load, so a draft names it as soon as there is one.
void NamesOfOpening(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::LoadOpening& opening = draft.load_opening();
  const AccountNo account =
      opening.opening_account() != 0
          ? AccountNo(opening.opening_account())
          : LoadsOf(state.registry()).OpeningAccount(AssetNo(opening.asset()));
  if (account != AccountNo(0)) {
    out.push_back(account);
  }
}

std::optional<Refusal> DecideOpening(const State& state, const DecideInput&, Entry& entry) {
  pb::LoadOpening& opening = *entry.mutable_load_opening();
  const Asset* asset = state.registry().Find(AssetNo(opening.asset()));
  Check(asset != nullptr, "an asset's number was not resolved");
  const loads::Register& loads = LoadsOf(state.registry());
  Verdict verdict;
  verdict.Want(BusinessDate(opening.as_of_date()) <= RecordDate(entry), Reason::kFieldInvalid,
               "as_of_date");
  if (loads.FindLoad(opening.code()) != nullptr) {
    verdict.Add(Refusal(Reason::kCodeExists, "load_id").With("code", opening.code()));
  }
  verdict.Want(!asset->money, Reason::kWrongAccountKind, "asset");
  opening.set_number(loads.next_load().value());
  const AccountNo account = loads.OpeningAccount(asset->number);
  opening.set_opening_account(
      (account == AccountNo(0) ? state.head().next_account : account).value());
  return verdict.Take();
}

void RegisterOpening(Registry& registry, EntryIndex index, const Entry& entry) {
  const pb::LoadOpening& opening = entry.load_opening();
  registry.ChangeLoads([&](loads::Register& loads) {
    loads.Add(Load{LoadNo(opening.number()), opening.code(), AssetNo(opening.asset()),
                   BusinessDate(opening.as_of_date()), Hash256::FromView(opening.file_sha256()),
                   ControlOf(opening), index},
              AccountNo(opening.opening_account()));
  });
}

Fault WantOpeningCanBe(const Registry& registry, const pb::LoadOpening& opening) {
  const loads::Register& loads = LoadsOf(registry);
  if (LoadNo(opening.number()) != loads.next_load()) {
    return "a number that is not the next one";
  }
  if (loads.FindLoad(opening.code()) != nullptr) {
    return "a code that is taken";
  }
  const Asset* asset = registry.Find(AssetNo(opening.asset()));
  if (asset == nullptr || asset->money) {
    return "a load of an asset that has no opening balances";
  }
  const ControlTotals control = ControlOf(opening);
  const bool can_be = !control.points.negative() && !control.grams.negative() &&
                      control.points <= loads::kMostOfALoad &&
                      control.grams <= loads::kMostOfALoad &&
                      opening.file_sha256().size() == Hash256::kSize && opening.as_of_date() >= 0;
  return can_be ? std::nullopt : Fault("a load that cannot be");
}

Fault ApplyOpening(State& state, EntryIndex index, const Entry& entry) {
  const pb::LoadOpening& opening = entry.load_opening();
  if (Fault fault = WantOpeningCanBe(state.registry(), opening)) {
    return fault;
  }
  const AssetNo asset(opening.asset());
  const AccountNo account = LoadsOf(state.registry()).OpeningAccount(asset);
  const bool first = account == AccountNo(0);
  if (AccountNo(opening.opening_account()) != (first ? state.head().next_account : account)) {
    return "an opening account that is not the asset's";
  }
  if (first) {
    Account from;
    from.kind = AccountKind::kOpening;
    from.asset = asset;
    state.OpenAccount(AccountNo(opening.opening_account()), from);
  }
  PutTotals(state, index, LoadTotals{});
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterOpening(registry, index, entry); });
  return std::nullopt;
}

// --- stating ---

std::optional<EntryIndex> TargetOfBalance(const Entry& draft) {
  return EntryIndex(draft.opening_balance().target());
}

void NamesOfBalance(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.push_back(AccountNo(draft.opening_balance().account()));
}

// Points and grams of lots that another may have written; nullopt when they cannot be summed, or
// are more than one posting can move.
struct Sums {
  Amount points;
  Amount grams;
};
std::optional<Sums> SumsOf(const Lots& lots) {
  Sums sums;
  for (const Lot& lot : lots) {
    const auto points = Add(sums.points, lot.points);
    const auto grams = Add(sums.grams, Amount(lot.grams));
    if (lot.points <= Amount(0) || lot.grams < 0 || !points.has_value() || !grams.has_value()) {
      return std::nullopt;
    }
    sums = {*points, *grams};
  }
  return sums.points <= kMaxPostingAmount && !lots.empty() ? std::optional(sums) : std::nullopt;
}

// What is wrong with the lots of a balance that is stated at `month`.
std::optional<Refusal> WhyNotLots(const Registry& registry, const std::optional<Lots>& lots,
                                  Month month) {
  const auto say = [](Reason reason) { return Refusal(reason, "lots"); };
  if (!lots.has_value() || lots->size() > kMaxLots || !SumsOf(*lots).has_value()) {
    return say(Reason::kFieldInvalid);
  }
  std::optional<Refusal> refusal;
  for (const Lot& lot : *lots) {
    const Participant* funder = registry.Find(lot.key.funder);
    const auto add = [&](bool holds, Reason reason) {
      refusal = holds ? std::move(refusal) : FirstListed(std::move(refusal), say(reason));
    };
    add(lot.key.contributor == AccountNo(0), Reason::kFieldInvalid);
    add(registry.Find(lot.key.scheme) != nullptr, Reason::kUnknownScheme);
    add(funder != nullptr, Reason::kUnknownParticipant);
    add(lot.key.expiry >= month, Reason::kActTooOld);
    add(funder == nullptr || funder->kind == ParticipantKind::kSponsor ||
            funder->kind == ParticipantKind::kDistrict,
        Reason::kWrongParticipantKind);
  }
  return refusal;
}

// The totals with one more account.
std::optional<LoadTotals> With(LoadTotals totals, const Sums& sums) {
  const auto points = Add(totals.points, sums.points);
  const auto grams = Add(totals.grams, sums.grams);
  if (!points.has_value() || !grams.has_value() || *points > loads::kMostOfALoad ||
      *grams > loads::kMostOfALoad) {
    return std::nullopt;
  }
  totals.points = *points;
  totals.grams = *grams;
  ++totals.accounts;
  return totals;
}

std::optional<Refusal> DecideBalance(const State& state, const DecideInput& input, Entry& entry) {
  const pb::OpeningBalance& balance = entry.opening_balance();
  const auto totals = input.target == nullptr ? std::nullopt : TotalsOf(state, input.target_index);
  if (!totals.has_value()) {
    return Refusal(Reason::kUnknownLoad, "load");
  }
  const Party citizen(state, balance.account(), input.now);
  const std::optional<Lots> lots = ReadLots(balance.lots());
  Verdict verdict;
  verdict.Add(WhyNotLots(state.registry(), lots, MonthOf(RecordDate(entry))));
  WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  verdict.Want(citizen.account().asset == AssetNo(input.target->load_opening().asset()),
               Reason::kAssetMismatch, "account");
  if (totals->state != LoadState::kOpen) {
    verdict.Add(WrongState(totals->state));
  }
  if (!verdict.refused()) {
    verdict.Want(With(*totals, *SumsOf(*lots)).has_value(), Reason::kBalanceLimit, "lots");
  }
  return verdict.Take();
}

Fault ApplyBalance(State& state, EntryIndex index, const Entry& entry) {
  const pb::OpeningBalance& balance = entry.opening_balance();
  const EntryIndex target(balance.target());
  const auto totals = target < index ? TotalsOf(state, target) : std::nullopt;
  if (!totals.has_value() || totals->state != LoadState::kOpen) {
    return "a balance of a load that is not open";
  }
  const Account* citizen = state.FindAccount(state.Standing(AccountNo(balance.account())));
  if (citizen == nullptr || citizen->kind != AccountKind::kCitizen ||
      citizen->asset != LoadsOf(state.registry()).FindLoad(target)->asset) {
    return "a balance of no citizen's account of the asset";
  }
  const std::optional<Lots> lots = ReadLots(balance.lots());
  if (WhyNotLots(state.registry(), lots, MonthOf(RecordDate(entry))).has_value()) {
    return "a balance of lots that cannot be";
  }
  const auto more = With(*totals, *SumsOf(*lots));
  if (!more.has_value()) {
    return "a load of more points than there can be";
  }
  PutTotals(state, target, *more);
  return std::nullopt;
}

// --- sealing and dropping ---

std::optional<EntryIndex> TargetOfClosing(const Entry& draft) {
  return EntryIndex(draft.load_closing().target());
}

std::optional<Refusal> WantTotals(const ControlTotals& want, const ControlTotals& have) {
  if (want == have) {
    return std::nullopt;
  }
  return Refusal(Reason::kControlTotals, "load")
      .With("accounts_want", static_cast<std::int64_t>(want.accounts))
      .With("accounts_have", static_cast<std::int64_t>(have.accounts))
      .With("points_want", want.points.units())
      .With("points_have", have.points.units())
      .With("grams_want", want.grams.units())
      .With("grams_have", have.grams.units());
}

std::optional<Refusal> DecideClosing(const State& state, const DecideInput& input, Entry& entry) {
  pb::LoadClosing& closing = *entry.mutable_load_closing();
  const auto totals = input.target == nullptr ? std::nullopt : TotalsOf(state, input.target_index);
  if (!totals.has_value()) {
    return Refusal(Reason::kUnknownLoad, "load");
  }
  if (totals->state != LoadState::kOpen) {
    return WrongState(totals->state);
  }
  closing.set_accounts(totals->accounts);
  closing.set_points(totals->points.units());
  closing.set_grams(totals->grams.units());
  return closing.step() == pb::LOAD_STEP_SEAL
             ? WantTotals(ControlOf(input.target->load_opening()), StatedOf(*totals))
             : std::nullopt;
}

Fault ApplyClosing(State& state, EntryIndex index, const Entry& entry) {
  const pb::LoadClosing& closing = entry.load_closing();
  const EntryIndex target(closing.target());
  auto totals = target < index ? TotalsOf(state, target) : std::nullopt;
  if (!totals.has_value() || totals->state != LoadState::kOpen) {
    return "a closing of a load that is not open";
  }
  const ControlTotals stated = StatedOf(*totals);
  if (stated !=
      ControlTotals{closing.accounts(), Amount(closing.points()), Amount(closing.grams())}) {
    return "a closing with other totals than were stated";
  }
  const bool seals = closing.step() == pb::LOAD_STEP_SEAL;
  if (!seals && closing.step() != pb::LOAD_STEP_DROP) {
    return "a closing of no known step";
  }
  if (seals && stated != LoadsOf(state.registry()).FindLoad(target)->control) {
    return "a load is sealed without its control totals";
  }
  totals->state = seals ? LoadState::kSealed : LoadState::kDropped;
  PutTotals(state, target, *totals);
  return std::nullopt;
}

// --- crediting ---

std::optional<EntryIndex> TargetOfCredit(const Entry& draft) {
  return EntryIndex(draft.opening_credit().target());
}

std::optional<EntryIndex> LoadOfCredit(const State&, EntryIndex, const Entry& target) {
  return target.has_opening_balance() ? std::optional(EntryIndex(target.opening_balance().target()))
                                      : std::nullopt;
}

// Lots past their date are credited like the others and expire by an entry of their own; until then
// they take up room, too.
void WantRoom(const Account& settled, const Lots& in, Verdict& verdict) {
  Lots lots = settled.lots;
  for (const Lot& lot : in) {
    AddLot(lots, lot);  // what would overflow is refused by Post
  }
  std::size_t count = lots.size();
  for (const Hold& hold : settled.holds) {
    count += hold.lots.size();
  }
  if (count > kMaxLots) {
    verdict.Add(Refusal(Reason::kLotLimit, "entry_index")
                    .With("limit", static_cast<std::int64_t>(kMaxLots)));
  }
}

// A frozen or lost account and a minor's take it: the points were theirs before.
std::optional<Refusal> DecideCredit(const State& state, const DecideInput& input, Entry& entry) {
  pb::OpeningCredit& credit = *entry.mutable_opening_credit();
  const auto totals =
      input.also == nullptr || input.target == nullptr || !input.target->has_opening_balance()
          ? std::nullopt
          : TotalsOf(state, input.also_index);
  if (!totals.has_value()) {
    return Refusal(Reason::kUnknownEntry, "entry_index");
  }
  const pb::OpeningBalance& balance = input.target->opening_balance();
  const std::optional<Lots> lots = ReadLots(balance.lots());
  Check(lots.has_value(), "a stated balance cannot be read");
  const Party citizen(state, balance.account(), input.now);
  const Account& account = citizen.account();
  const Amount credited = state.FindUndone(input.target_index).points;
  Verdict verdict;
  verdict.Want(account.status != AccountStatus::kClosed, Reason::kAccountClosed, "entry_index");
  if (credited > Amount(0)) {
    verdict.Add(Refusal(Reason::kAlreadyReversed, "entry_index").With("points", credited.units()));
  }
  if (totals->state != LoadState::kSealed) {
    verdict.Add(WrongState(totals->state));
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  const Amount points = SumOf(*lots);
  credit.set_account(citizen.number().value());
  credit.set_points(points.units());
  credit.set_load(input.also_index.value());
  Leg into = Credit(citizen.number(), account, *lots);
  WantRoom(account, into.in, verdict);
  const std::array<Leg, 2> legs = {
      Plain(AccountNo(input.also->load_opening().opening_account()), *Negate(points)),
      std::move(into)};
  verdict.Add(Post(state, legs, "entry_index", entry));
  return verdict.Take();
}

// That the postings take the points of the body from the load's opening account to a citizen. Which
// lots they are is the balance's to say, when the entry is decided again.
Fault WantCredited(const State& state, const Entry& entry, const Load& load) {
  const pb::OpeningCredit& credit = entry.opening_credit();
  const AccountNo opening = LoadsOf(state.registry()).OpeningAccount(load.asset);
  if (Fault fault = WantPostings(state, entry, {opening.value(), credit.account()})) {
    return fault;
  }
  const pb::Posting& posting = entry.postings(1);
  if (credit.points() <= 0 || posting.amount() != credit.points()) {
    return "the postings are not the points of the body";
  }
  if (state.FindAccount(AccountNo(posting.account()))->kind != AccountKind::kCitizen) {
    return "a move between accounts of another kind";
  }
  return Outgoing(posting).empty() ? std::nullopt : Fault("an opening credit takes lots away");
}

Fault ApplyCredit(State& state, EntryIndex index, const Entry& entry) {
  const pb::OpeningCredit& credit = entry.opening_credit();
  const EntryIndex target(credit.target());
  const EntryIndex load(credit.load());
  auto totals = load < target && target < index ? TotalsOf(state, load) : std::nullopt;
  if (!totals.has_value() || totals->state != LoadState::kSealed) {
    return "a credit of a load that is not sealed";
  }
  Undone undone = state.FindUndone(target);
  if (undone != Undone{} || totals->credited >= totals->accounts) {
    return "a balance is credited twice";
  }
  if (Fault fault = WantCredited(state, entry, *LoadsOf(state.registry()).FindLoad(load))) {
    return fault;
  }
  undone.points = Amount(credit.points());
  state.PutUndone(target, undone);
  ++totals->credited;
  PutTotals(state, load, *totals);
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kLoadOpening,
     .decide = DecideOpening,
     .apply = ApplyOpening,
     .names = NamesOfOpening,
     .registers = RegisterOpening},
    {.body = Entry::kOpeningBalance,
     .decide = DecideBalance,
     .apply = ApplyBalance,
     .names = NamesOfBalance,
     .target = TargetOfBalance},
    {.body = Entry::kLoadClosing,
     .decide = DecideClosing,
     .apply = ApplyClosing,
     .target = TargetOfClosing},
    {.body = Entry::kOpeningCredit,
     .decide = DecideCredit,
     .apply = ApplyCredit,
     .target = TargetOfCredit,
     .also = LoadOfCredit,
     .moves = true},
};

}  // namespace

std::span<const BookRow> LoadRows() { return kRows; }

}  // namespace tanhui::points
