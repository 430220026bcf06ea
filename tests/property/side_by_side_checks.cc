// What must hold between the ledger and the model, and of the ledger alone.
#include <sstream>

#include "tests/property/side_by_side.h"

namespace tanhui::model {
namespace {

using world::World;

std::string DecisionInWords(const Decision& decision) {
  if (const auto* entry = std::get_if<Entry>(&decision)) {
    return InWords(*entry);
  }
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    return world::Text(*refusal);
  }
  const RequestRecord& record = std::get<Seen>(decision).record;
  return "seen " + std::to_string(record.entry.value()) + " " +
         std::to_string(record.cancelled_by.value_or(EntryIndex(0)).value());
}

bool Same(const Decision& a, const Decision& b) {
  const auto* first = std::get_if<Entry>(&a);
  const auto* second = std::get_if<Entry>(&b);
  return first != nullptr && second != nullptr
             ? first->SerializeAsString() == second->SerializeAsString()
             : a.index() == b.index() && DecisionInWords(a) == DecisionInWords(b);
}

// Everything that a registry says, in words.
std::string InWords(const Registry& registry, std::uint64_t accounts) {
  std::ostringstream out;
  for (SchemeNo n(1); const Scheme* s = registry.Find(n); n = SchemeNo(n.value() + 1)) {
    out << "scheme " << s->code << s->display_name << s->cutoff_minute << "\n";
  }
  for (ParticipantNo n(1); n < registry.next_participant(); n = ParticipantNo(n.value() + 1)) {
    const Participant* p = registry.Find(n);
    out << "participant " << p->code << p->display_name << static_cast<int>(p->kind);
    for (const Asset& asset : registry.assets()) {
      const auto account = registry.FindMerchantAccount(n, asset.number);
      out << " " << account.value_or(AccountNo(0)).value();
    }
    out << "\n";
  }
  for (const Asset& a : registry.assets()) {
    out << "asset " << a.number.value() << a.code << a.display_name << a.scheme.value() << " "
        << a.issuance.value() << " " << a.expiry.value() << " " << a.max_amount.units() << " "
        << WriteTerms(a.terms).ShortDebugString() << "\n";
  }
  for (std::uint64_t n = 1; n <= accounts; ++n) {
    if (const Budget* b = registry.FindBudget(AccountNo(n))) {
      out << "budget " << n << b->code << b->display_name << b->sponsor.value() << " "
          << b->asset.value() << " " << b->first_date.value() << " " << b->last_date.value() << " "
          << b->return_days << " " << b->returns_at_year_end << "\n";
    }
  }
  return out.str();
}

}  // namespace

// What the sequencer's working set would hold of the state when it decides the command.
State SideBySide::PartFor(const Command& command) const {
  const State& all = world_.state();
  State part(all.head(), std::make_shared<Registry>(all.registry()));
  std::vector<AccountNo> names;
  world_.ledger().Names(all, command.draft, names);
  std::vector<RequestKey> keys = {command.key()};
  const auto caller = ParticipantNo(command.draft.caller());
  if (const auto target = world_.ledger().TargetRequestOf(command.draft)) {
    keys.push_back(*target);
  }
  EntryIndex index;
  if (const Entry* target = world_.TargetOf(all, command, index)) {
    world_.ledger().Names(all, *target, names);
    for (const auto& posting : target->postings()) {
      names.emplace_back(posting.account());
      for (const auto& lot : posting.lots()) {
        names.emplace_back(lot.contributor());
      }
    }
    if (all.undone().contains(index)) {
      part.LoadUndone(index, all.FindUndone(index));
    }
  }
  if (const std::string& file = command.draft.file_record().supersedes_file_id(); !file.empty()) {
    keys.push_back({caller, *RequestId::FromText("file:" + file)});
  }
  if (command.platform_user.has_value()) {
    if (const auto number = all.FindPlatformUser(*command.platform_user)) {
      part.LoadPlatformUser(*command.platform_user, *number);
      names.push_back(*number);
    }
  }
  for (const RequestKey& key : keys) {
    const auto record = all.FindRequest(key);
    if (record.has_value() && !part.FindRequest(key).has_value()) {
      part.LoadRequest(key, *record);
    }
  }
  // Each with what it was merged into and, of a minor, with the guardian.
  while (!names.empty()) {
    const AccountNo number = names.back();
    names.pop_back();
    const Account* account = all.FindAccount(number);
    if (account != nullptr && part.FindAccount(number) == nullptr) {
      part.LoadAccount(number, *account);
      names.push_back(account->merged_into);
      names.push_back(account->guardian);
    }
  }
  return part;
}

void SideBySide::CheckPart(const Command& command) {
  State part = PartFor(command);
  const Ledger& ledger = world_.ledger();
  const Decision decision = world_.DecideOn(part, command);
  if (!Same(decision, world_.DecideOn(world_.state(), command))) {
    Expect(false, "decide looks at more than it names: " + InWords(command.draft));
  }
  const auto* entry = std::get_if<Entry>(&decision);
  if (entry == nullptr || !difference_.empty()) {
    return;
  }
  // What is due comes first; the other side of it is the asset's.
  std::vector<AccountNo> touched;
  ledger.Touched(part, *entry, touched);
  Fault fault;
  for (const AccountNo number : touched) {
    const Account* account = part.FindAccount(number);
    if (account == nullptr) {
      Expect(false, "an account is touched that was not loaded: " + InWords(command.draft));
      return;
    }
    const tanhui::Asset* asset = part.registry().Find(account->asset);
    for (const AccountNo other : {asset->expiry, asset->issuance}) {
      if (part.FindAccount(other) == nullptr) {
        part.LoadAccount(other, world_.Of(other));
      }
    }
    while (const auto due = ledger.Due(part, number, world_.now())) {
      fault = fault.has_value() ? fault : ledger.TryApply(part, *due);
    }
  }
  const Decision again = world_.DecideOn(part, command);
  const auto* last = std::get_if<Entry>(&again);
  fault = last == nullptr     ? Fault("accepted before the sweep, refused after it")
          : fault.has_value() ? fault
                              : ledger.TryApply(part, *last);
  if (fault.has_value()) {
    Expect(false, std::string(*fault) + " in a part of the state: " + InWords(command.draft));
  }
}

void SideBySide::CheckSwept(const Command& command) {
  State swept;
  bool any = false;
  const State& all = world_.state();
  for (const auto& [number, account] : all.accounts()) {
    if (!world_.ledger().Due(all, number, world_.now()).has_value()) {
      continue;
    }
    if (!any) {
      swept = all;
      any = true;
    }
    while (const auto due = world_.ledger().Due(swept, number, world_.now())) {
      world_.ledger().Apply(swept, *due);
    }
  }
  if (!any) {
    return;
  }
  Decision before = world_.DecideOn(all, command);
  Decision after = world_.DecideOn(swept, command);
  for (Decision* decision : {&before, &after}) {
    if (auto* entry = std::get_if<Entry>(decision)) {
      entry->clear_postings();  // their balances and chains are those after the sweep
    }
  }
  if (!Same(before, after)) {
    Expect(false, "decide depends on the sweep: " + DecisionInWords(before) + " or " +
                      DecisionInWords(after) + " of " + InWords(command.draft));
  }
}

void SideBySide::CheckAccounts() {
  std::map<std::uint64_t, __int128> sums;
  const auto& accounts = world_.state().accounts();
  Expect(accounts.size() == model_.accounts.size(), "another number of accounts");
  for (const auto& [number, account] : accounts) {
    const auto expected = model_.accounts.find(number.value());
    if (expected != model_.accounts.end()) {
      const std::string what = Difference(account, expected->second, world_.today());
      Expect(what.empty(), "account " + std::to_string(number.value()) + ": " + what);
    }
    sums[account.asset.value()] += account.balance.units();
  }
  for (const auto& [asset, sum] : sums) {
    Expect(sum == 0, "asset " + std::to_string(asset) + " does not sum to zero");
  }
}

// Each account's chain of `previous`, walked backwards, is the model's history.
void SideBySide::CheckHistories() {
  for (const auto& [number, expected] : model_.accounts) {
    const Account* account = world_.state().FindAccount(AccountNo(number));
    std::uint64_t at = account->last_entry_plus_one;
    bool same = true;
    for (auto line = expected.history.rbegin(); line != expected.history.rend(); ++line) {
      same = same && at == line->entry + 1;
      for (const auto& posting : world_.entries()[line->entry].postings()) {
        if (posting.account() == number) {
          same = same && posting.amount() == line->amount && posting.balance_after() == line->after;
          at = posting.previous();
        }
      }
    }
    Expect(same && at == 0, "another history of account " + std::to_string(number));
  }
}

// The changes that were handed out add up to the state.
void SideBySide::CheckMirror() {
  for (const auto& [number, account] : world_.state().accounts()) {
    Expect(mirror_.accounts[number.value()] == account, "a change of an account was lost");
  }
  for (const auto& [key, record] : world_.state().requests()) {
    Expect(mirror_.requests[Mirror::Name(key)] == record, "a change of a request was lost");
  }
  for (const auto& [index, undone] : world_.state().undone()) {
    Expect(mirror_.undone[index.value()] == undone, "a change of what was undone was lost");
  }
  Expect(mirror_.accounts.size() == world_.state().accounts().size() &&
             mirror_.requests.size() == world_.state().requests().size() &&
             mirror_.undone.size() == world_.state().undone().size(),
         "a change that was undone was handed out");
  for (const auto& [user, number] : mirror_.users) {
    Expect(world_.state().FindPlatformUser(PlatformUserKey::FromView(user)) == AccountNo(number),
           "a change of a platform user was lost");
  }
  for (const auto& [user, number] : model_.users) {
    Expect(mirror_.users.contains(std::string(PlatformUserKey::kSize, user)) &&
               mirror_.users[std::string(PlatformUserKey::kSize, user)] == number,
           "another account of a platform user");
  }
}

void SideBySide::CheckRequests() {
  std::size_t count = 0;
  for (const auto& [name, outcome] : model_.outcomes) {
    const auto record = world_.Find(name.second, ParticipantNo(name.first));
    ++count;
    Expect(record.has_value() && record->entry.value() == outcome.entry &&
               record->cancelled_by.has_value() == outcome.cancelled_by.has_value() &&
               (!record->cancelled_by || record->cancelled_by->value() == *outcome.cancelled_by) &&
               record->blocked() == outcome.blocked,
           "another record of request " + name.second);
  }
  Expect(world_.state().requests().size() == count + Start(rich_).state().requests().size(),
         "another number of requests");
}

// The stored bytes, read and applied again, give the same state.
void SideBySide::CheckReplay() {
  World replay = Start(rich_);
  State& state = replay.mutable_state();
  Registry registry;
  for (std::size_t i = 0; i < world_.entries().size(); ++i) {
    const std::string bytes = world_.entries()[i].SerializeAsString();
    Entry entry;
    Expect(entry.ParseFromString(bytes) && entry.SerializeAsString() == bytes, "other bytes");
    world_.ledger().Register(registry, EntryIndex(i), entry);
    if (i < replay.entries().size()) {
      continue;
    }
    const Fault fault = world_.ledger().TryApply(state, entry);
    Expect(!fault.has_value(), "replay: " + std::string(fault.value_or("")));
  }
  const std::uint64_t accounts = world_.state().accounts().size();
  Expect(state.head() == world_.state().head(), "replay: another head");
  Expect(state.accounts() == world_.state().accounts(), "replay: other accounts");
  Expect(state.requests() == world_.state().requests(), "replay: other requests");
  Expect(state.undone() == world_.state().undone(), "replay: something else was undone");
  const std::string expected = InWords(world_.state().registry(), accounts);
  Expect(InWords(state.registry(), accounts) == expected, "replay: another registry");
  Expect(InWords(registry, accounts) == expected, "another registry was rebuilt");
}

// What was accepted, asked again in a world of its own, makes the same bytes.
void SideBySide::CheckSecondRun() {
  World again = Start(rich_);
  for (const Played& played : played_) {
    again.Wait(played.time.value() - again.now().value());
    if (played.swept.has_value()) {
      again.Sweep(*played.swept);
    } else {
      again.AskCompleted(played.command);
    }
  }
  bool same = again.entries().size() == world_.entries().size();
  for (std::size_t i = 0; same && i < again.entries().size(); ++i) {
    same = again.entries()[i].SerializeAsString() == world_.entries()[i].SerializeAsString();
  }
  Expect(same, "a second run makes other bytes");
}

}  // namespace tanhui::model
