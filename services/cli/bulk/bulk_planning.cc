#include "services/cli/bulk/bulk_planning.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/books/all_books.h"
#include "ledger/rules/rulebook.h"
#include "ledger/sequencer/recovery.h"
#include "ledger/sequencer/replay/act_selection.h"
#include "ledger/sequencer/replay/rule_replay.h"
#include "ledger/store/data_directory.h"
#include "services/cli/documents/document_text.h"
#include "services/cli/screen/progress.h"

namespace tanhui::cli {
namespace {

absl::Status Unknown(std::string_view what, std::string_view name) {
  return absl::InvalidArgumentError(
      absl::StrCat("the ledger knows no ", std::string(what), " ", std::string(name)));
}

std::optional<BusinessDate> DateOf(const std::string& text) {
  const auto time = ParseShanghai(absl::StrCat(text, " 00:00:00"));
  return time.has_value() ? std::optional(ShanghaiDate(*time)) : std::nullopt;
}

absl::Status ReadDate(const std::string& text, std::optional<BusinessDate>& out) {
  out = text.empty() ? std::nullopt : DateOf(text);
  return text.empty() || out.has_value()
             ? absl::OkStatus()
             : absl::InvalidArgumentError(absl::StrCat(text, " is no date YYYY-MM-DD"));
}

// The number of a rule set's publication, {code}/{version}.
absl::Status ReadRules(const rules::Rulebook& book, const std::string& text, std::uint32_t& out) {
  for (const rules::Document& document : book.documents()) {
    if (document.kind == entry::v1::DOCUMENT_KIND_RULE_SET &&
        text == absl::StrCat(document.code, "/", document.version)) {
      out = document.number.value();
      return absl::OkStatus();
    }
  }
  return Unknown("rule set {code}/{version}", text);
}

absl::StatusOr<sequencer::ActFilter> FilterOf(const BulkPlanning& planning,
                                              const Registry& registry) {
  const rules::Rulebook& book = rules::RulebookOf(registry);
  sequencer::ActFilter filter;
  filter.scenario = planning.scenario;
  for (const absl::Status& read :
       {ReadDate(planning.from, filter.from), ReadDate(planning.to, filter.to)}) {
    if (!read.ok()) {
      return read;
    }
  }
  if (!planning.district.empty() && !absl::SimpleAtoi(planning.district, &filter.district)) {
    return absl::InvalidArgumentError(
        absl::StrCat(planning.district, " is no district: give its six digits"));
  }
  if (!planning.caller.empty()) {
    const Participant* caller = registry.FindParticipant(planning.caller);
    if (caller == nullptr) {
      return Unknown("participant", planning.caller);
    }
    filter.caller = caller->number;
  }
  if (!planning.product.empty()) {
    filter.product = book.products().Find(planning.product);
    if (filter.product == 0) {
      return Unknown("product", planning.product);
    }
  }
  if (!planning.rules.empty()) {
    if (absl::Status read = ReadRules(book, planning.rules, filter.rules); !read.ok()) {
      return read;
    }
  }
  return filter;
}

// A copy of the ledger, open for reading.
struct Copy {
  // Held, so that no server starts on the directory meanwhile.
  std::unique_ptr<store::DataDirectory> directory;
  std::unique_ptr<store::Store> store;
  std::shared_ptr<const Registry> registry;
  std::string origin;
  std::uint64_t size = 0;
};

absl::StatusOr<Copy> OpenCopy(const Ledger& ledger, const std::string& path) {
  Copy copy;
  auto directory = store::DataDirectory::Open(path, store::DataDirectory::Missing::kRefuse);
  if (!directory.ok()) {
    return directory.status();
  }
  copy.directory = *std::move(directory);
  store::StoreOptions options;
  options.path = copy.directory->database_path();
  options.read_only = true;
  auto store = store::Store::Open(options);
  if (!store.ok()) {
    return store.status();
  }
  copy.store = *std::move(store);
  const auto head = copy.store->ReadHead();
  if (!head.ok() || !head->has_value()) {
    return head.ok() ? absl::InvalidArgumentError(absl::StrCat(path, " holds no entries"))
                     : head.status();
  }
  const auto recovered = sequencer::Recover(ledger, *copy.store, **head);
  if (!recovered.ok()) {
    return recovered.status();
  }
  copy.registry = recovered->state.shared_registry();
  copy.size = (*head)->head.size;
  const auto first = copy.store->ReadEntry(EntryIndex(0));
  Entry genesis;
  if (!first.ok() || !genesis.ParseFromString(*first) || !genesis.has_genesis()) {
    return absl::DataLossError("the first entry is no genesis");
  }
  copy.origin = genesis.genesis().origin();
  return copy;
}

std::string SponsorOf(const Registry& registry, AccountNo account) {
  const Budget* budget = registry.FindBudget(account);
  const Participant* sponsor = budget == nullptr ? nullptr : registry.Find(budget->sponsor);
  return sponsor == nullptr ? std::string("?") : sponsor->code;
}

// Points by the other rules, of each act of their districts.
using NewPoints = absl::flat_hash_map<std::uint64_t, std::int64_t>;

absl::StatusOr<NewPoints> Replayed(const Ledger& ledger, const Copy& copy,
                                   const std::string& rules_file) {
  entry::v1::RuleSet rule_set;
  if (absl::Status read = ReadDocumentFile(rules_file, &rule_set); !read.ok()) {
    return read;
  }
  const std::string bytes = DocumentBytes(rule_set);
  NewPoints points;
  Progress progress = Progress::OnStderr("replay", copy.size);
  sequencer::RuleReplayOptions options;
  options.to = EntryIndex(copy.size - 1);
  options.rule_set = bytes;
  options.act = [&points](EntryIndex index, const Entry&, std::optional<std::int64_t> now) {
    points[index.value()] = now.value_or(0);
  };
  options.progress = [&progress](std::uint64_t done, std::uint64_t) { progress.Update(done); };
  const auto replay = sequencer::ReplayRules(ledger, *copy.store, options);
  progress.Finish();
  return replay.ok() ? absl::StatusOr<NewPoints>(std::move(points)) : replay.status();
}

// What the plan makes of an act's points; nullopt when it leaves the act alone.
std::optional<std::int64_t> AfterOf(const BulkPlanning& planning, const NewPoints& by_rules,
                                    const sequencer::SelectedAct& act) {
  if (planning.action == BulkAction::kReverse) {
    return 0;
  }
  std::int64_t after = act.points;
  if (planning.add.has_value()) {
    after = std::max<std::int64_t>(act.points + *planning.add, 0);
  } else if (planning.percent.has_value()) {
    after = static_cast<std::int64_t>(static_cast<__int128>(act.points) * *planning.percent / 100);
  } else {
    const auto found = by_rules.find(act.index.value());
    after = found == by_rules.end() ? act.points : found->second;
  }
  return after == act.points ? std::nullopt : std::optional(after);
}

}  // namespace

absl::StatusOr<BulkDraft> PlanBulk(const BulkPlanning& planning) {
  const Ledger ledger(AllBooks());
  const auto copy = OpenCopy(ledger, planning.data);
  if (!copy.ok()) {
    return copy.status();
  }
  const auto filter = FilterOf(planning, *copy->registry);
  if (!filter.ok()) {
    return filter.status();
  }
  const auto by_rules = planning.difference.empty() ? absl::StatusOr<NewPoints>(NewPoints())
                                                    : Replayed(ledger, *copy, planning.difference);
  if (!by_rules.ok()) {
    return by_rules.status();
  }
  BulkDraft draft;
  draft.plan = {copy->origin, copy->size - 1, planning.action, planning.reason, {}};
  Progress progress = Progress::OnStderr("plan", copy->size);
  const absl::Status selected = sequencer::SelectActs(
      *copy->store, *copy->registry, copy->size, *filter,
      [&progress](std::uint64_t done) { progress.Update(done); },
      [&](const sequencer::SelectedAct& act) {
        const auto after = AfterOf(planning, *by_rules, act);
        if (!after.has_value()) {
          return;
        }
        // By rules an act is compared with what it was; a correction since then stands.
        const bool corrected = !planning.difference.empty() && act.revision > 0;
        if (planning.action == BulkAction::kAdjust && (act.partly_reversed || corrected)) {
          ++draft.left_out;
          return;
        }
        const bool reverse = planning.action == BulkAction::kReverse;
        const std::int64_t before = reverse ? act.points_left : act.points;
        draft.plan.rows.push_back(
            {act.index.value(), act.revision, reverse ? act.quantity_left : 0, before, *after});
        BulkTotal& total = draft.totals[{act.scenario, SponsorOf(*copy->registry, act.budget)}];
        ++total.acts;
        total.before += before;
        total.after += *after;
      });
  progress.Finish();
  return selected.ok() ? absl::StatusOr<BulkDraft>(std::move(draft)) : selected;
}

}  // namespace tanhui::cli
