// What must hold between the ledger and the model, and of the ledger alone.
#include <sstream>

#include "tests/property/side_by_side.h"

namespace tanhui::model {
namespace {

using world::World;

std::string InWords(const Decision& decision) {
  if (const auto* entry = std::get_if<Entry>(&decision)) {
    return entry->SerializeAsString();
  }
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    return world::Text(*refusal);
  }
  const RequestRecord& record = std::get<Seen>(decision).record;
  return "seen " + std::to_string(record.entry.value()) + " " +
         std::to_string(record.cancelled_by.value_or(EntryIndex(0)).value());
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
        << a.issuance.value() << " " << a.max_amount.units() << a.transfers_allowed << "\n";
  }
  for (std::uint64_t n = 1; n <= accounts; ++n) {
    if (const Budget* b = registry.FindBudget(AccountNo(n))) {
      out << "budget " << n << b->code << b->display_name << b->sponsor.value() << b->asset.value()
          << "\n";
    }
  }
  return out.str();
}

}  // namespace

// Decide looks at nothing but what Names and the request ids name.
void SideBySide::CheckPart(const Command& command) {
  const State& all = world_.state();
  State part(all.head(), std::make_shared<Registry>(all.registry()));
  std::vector<AccountNo> names;
  world_.ledger().Names(all, command.draft, names);
  std::vector<RequestKey> keys = {command.key()};
  const auto caller = ParticipantNo(command.draft.caller());
  if (command.draft.has_cancellation()) {
    keys.push_back(
        {caller, *RequestId::FromStored(command.draft.cancellation().target_request_id())});
    if (const auto target = all.FindRequest(keys.back())) {
      for (const auto& posting : world_.entries()[target->entry.value()].postings()) {
        names.emplace_back(posting.account());
      }
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
  for (const AccountNo number : names) {
    const Account* account = all.FindAccount(number);
    if (account != nullptr && part.FindAccount(number) == nullptr) {
      part.LoadAccount(number, *account);
    }
  }
  Expect(InWords(world_.DecideOn(part, command)) == InWords(world_.DecideOn(all, command)),
         "decide looks at more than it names: " + command.draft.ShortDebugString());
}

void SideBySide::CheckBalances() {
  std::map<std::uint64_t, __int128> sums;
  const auto& accounts = world_.state().accounts();
  Expect(accounts.size() == model_.accounts.size(), "another number of accounts");
  for (const auto& [number, account] : accounts) {
    const auto expected = model_.accounts.find(number.value());
    Expect(expected != model_.accounts.end() && account.balance.units() == expected->second.balance,
           "another balance of account " + std::to_string(number.value()));
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
  Expect(mirror_.accounts.size() == world_.state().accounts().size() &&
             mirror_.requests.size() == world_.state().requests().size(),
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
    world_.ledger().Register(registry, entry);
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
  const std::string expected = InWords(world_.state().registry(), accounts);
  Expect(InWords(state.registry(), accounts) == expected, "replay: another registry");
  Expect(InWords(registry, accounts) == expected, "another registry was rebuilt");
}

// What was accepted, asked again in a world of its own, makes the same bytes.
void SideBySide::CheckSecondRun() {
  World again = Start(rich_);
  for (const auto& [time, command] : script_) {
    again.Wait(time.value() - again.now().value());
    again.AskCompleted(command);
  }
  bool same = again.entries().size() == world_.entries().size();
  for (std::size_t i = 0; same && i < again.entries().size(); ++i) {
    same = again.entries()[i].SerializeAsString() == world_.entries()[i].SerializeAsString();
  }
  Expect(same, "a second run makes other bytes");
}

}  // namespace tanhui::model
