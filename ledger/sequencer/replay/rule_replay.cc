#include "ledger/sequencer/replay/rule_replay.h"

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "ledger/rules/evaluation.h"
#include "ledger/rules/tallies.h"
#include "ledger/sequencer/recovery.h"

namespace tanhui::sequencer {
namespace {

constexpr std::uint64_t kProgressEvery = 8'192;

// How a citizen would stand.
struct Supposed {
  std::vector<Tally> tallies;
  std::int64_t carry = 0;
  std::int64_t gram_carry = 0;
};

class Supposition {
 public:
  Supposition(rules::Rulebook book, std::string code, const RuleReplayOptions& options)
      : book_(std::move(book)), code_(std::move(code)), options_(options) {}

  // `before` is the ledger's state right before the entry.
  void Add(const State& before, EntryIndex index, const Entry& entry) {
    const entry::v1::Earning& act = entry.earning();
    const rules::RuleSet* set = book_.InForce(act.district(), ActDate(entry));
    if (index < options_.from || act.weighing() == entry::v1::WEIGHING_BOOKED || set == nullptr ||
        set->code != code_) {
      return;
    }
    ScenarioReplay& row = replay_.scenarios[std::string(book_.scenarios().NameOf(act.scenario()))];
    ++row.acts;
    const std::int64_t then = act.points() + act.bonus_points();
    row.points += then;
    row.micrograms += act.grams() * rules::kMillion + act.gram_carry();
    const AccountNo number = before.Standing(AccountNo(act.account()));
    Supposed& citizen = SupposedOf(before, number);
    const Account* budget = before.FindAccount(AccountNo(act.budget()));
    const auto evaluated =
        rules::Evaluate(book_, entry,
                        {citizen.tallies, citizen.carry, citizen.gram_carry,
                         budget == nullptr ? DrySpell{} : budget->dry, act.household() != 0});
    if (const auto* refusal = std::get_if<Refusal>(&evaluated)) {
      ++row.refused[std::string(RowOf(refusal->reason).name)];
      Tell(index, entry, std::nullopt);
      return;
    }
    const auto& earned = std::get<rules::Earned>(evaluated);
    const std::int64_t now = earned.points + earned.bonus_points;
    row.new_points += now;
    row.new_micrograms += earned.grams * rules::kMillion + earned.gram_carry;
    row.more += now > then ? 1 : 0;
    row.less += now < then ? 1 : 0;
    Count(earned, ActDate(entry), citizen);
    Tell(index, entry, earned.points);
  }

  RuleReplay Take() && {
    replay_.citizens = citizens_.size();
    return std::move(replay_);
  }

 private:
  void Tell(EntryIndex index, const Entry& entry, std::optional<std::int64_t> points) const {
    if (options_.act) {
      options_.act(index, entry, points);
    }
  }

  // As the citizen stood when the other rules began, when it is the first time.
  Supposed& SupposedOf(const State& before, AccountNo number) {
    const auto [found, is_new] = citizens_.try_emplace(number);
    const Account* account = before.FindAccount(number);
    if (is_new && account != nullptr) {
      found->second = {account->tallies, account->carry, account->gram_carry};
    }
    return found->second;
  }

  void Count(const rules::Earned& earned, BusinessDate date, Supposed& citizen) const {
    citizen.carry += earned.carry;
    citizen.gram_carry += earned.gram_carry;
    const auto add = [&](LimitNo limit, std::uint32_t category, std::int64_t amount) {
      if (const auto first = rules::PeriodOf(book_, limit, date)) {
        rules::AddTally(citizen.tallies, {limit, category, *first, amount});
      }
    };
    for (const rules::Count& count : earned.counts) {
      add(count.limit, count.category, count.amount);
    }
    if (earned.bonus != nullptr) {
      add(earned.bonus->limit, 0, earned.bonus_points);
    }
  }

  const rules::Rulebook book_;
  const std::string code_;
  const RuleReplayOptions& options_;
  absl::flat_hash_map<AccountNo, Supposed> citizens_;
  RuleReplay replay_;
};

// The rules of the ledger as they are by now, with the other set as the last version of its code.
absl::StatusOr<rules::Rulebook> WithOther(const rules::Rulebook& now, std::string_view bytes,
                                          std::string& code) {
  entry::v1::RuleSet set;
  if (!set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("the rule set's bytes are no RuleSet");
  }
  if (const auto problem = now.Check(entry::v1::DOCUMENT_KIND_RULE_SET, bytes)) {
    return absl::InvalidArgumentError(absl::StrCat(problem->path, ": ", problem->problem));
  }
  code = set.code();
  rules::Rulebook other = now;
  rules::Document document;
  document.number = rules::DocumentNo(static_cast<std::uint32_t>(now.documents().size()) + 1);
  document.kind = entry::v1::DOCUMENT_KIND_RULE_SET;
  document.code = set.code();
  document.version = set.version();
  other.Publish(document, bytes);
  return other;
}

}  // namespace

absl::StatusOr<RuleReplay> ReplayRules(const Ledger& ledger, store::Store& store,
                                       const RuleReplayOptions& options) {
  const auto head = store.ReadHead();
  if (!head.ok()) {
    return head.status();
  }
  const std::uint64_t size = head->has_value() ? (*head)->head.size : 0;
  if (options.from > options.to || options.to.value() >= size) {
    return absl::InvalidArgumentError(absl::StrCat("no entries ", options.from.value(), " to ",
                                                   options.to.value(), ": the log has ", size,
                                                   ", counted from 0"));
  }
  const auto recovered = Recover(ledger, store, **head);
  if (!recovered.ok()) {
    return recovered.status();
  }
  std::string code;
  auto book = WithOther(rules::RulebookOf(recovered->state.registry()), options.rule_set, code);
  if (!book.ok()) {
    return book.status();
  }
  Supposition supposition(*std::move(book), code, options);
  State state;
  const std::uint64_t count = options.to.value() + 1;
  const absl::Status read = store.ScanEntries(
      EntryIndex(0), count, [&](EntryIndex index, std::string_view bytes) -> absl::Status {
        Entry entry;
        if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return absl::DataLossError(absl::StrCat("entry ", index.value(), " cannot be decoded"));
        }
        if (entry.has_earning()) {
          supposition.Add(state, index, entry);
        }
        if (const Fault fault = ledger.TryApply(state, entry)) {
          return absl::DataLossError(
              absl::StrCat("entry ", index.value(), ": ", std::string(*fault)));
        }
        if (index.value() % kProgressEvery == 0) {
          state.TakeChanges();
          if (options.progress) {
            options.progress(index.value(), count);
          }
        }
        return absl::OkStatus();
      });
  if (!read.ok()) {
    return read;
  }
  return std::move(supposition).Take();
}

}  // namespace tanhui::sequencer
