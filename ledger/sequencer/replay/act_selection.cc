#include "ledger/sequencer/replay/act_selection.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/rules/rulebook.h"

namespace tanhui::sequencer {
namespace {

namespace pb = entry::v1;

// How many records of what was undone are read at a time.
constexpr std::size_t kStep = 1'024;

class Selection {
 public:
  Selection(const store::Store& store, const Registry& registry, const ActFilter& filter,
            const std::function<void(const SelectedAct&)>& visit)
      : store_(store), registry_(registry), filter_(filter), visit_(visit) {}

  absl::Status Add(EntryIndex index, Entry entry) {
    if (!Picks(entry)) {
      return absl::OkStatus();
    }
    waiting_.emplace_back(index, std::move(entry));
    return waiting_.size() < kStep ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    std::vector<EntryIndex> indexes;
    for (const auto& [index, entry] : waiting_) {
      indexes.push_back(index);
    }
    const auto undone = store_.ReadUndone(indexes);
    if (!undone.ok()) {
      return undone.status();
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const absl::Status status =
          Visit(waiting_[i].first, waiting_[i].second, (*undone)[i].value_or(Undone{}));
      if (!status.ok()) {
        return status;
      }
    }
    waiting_.clear();
    return absl::OkStatus();
  }

 private:
  std::string ScenarioOf(const Entry& entry) const {
    return entry.has_award() ? entry.award().scenario()
                             : std::string(rules::RulebookOf(registry_).scenarios().NameOf(
                                   entry.earning().scenario()));
  }

  bool Picks(const Entry& entry) const {
    const BusinessDate date = ActDate(entry);
    if ((filter_.from.has_value() && date < *filter_.from) ||
        (filter_.to.has_value() && date > *filter_.to) ||
        (filter_.caller != ParticipantNo(0) && filter_.caller.value() != entry.caller())) {
      return false;
    }
    if (entry.has_award()) {
      return filter_.district == 0 && filter_.rules == 0 && filter_.product == 0 &&
             (filter_.scenario.empty() || filter_.scenario == entry.award().scenario());
    }
    if (!entry.has_earning()) {
      return false;
    }
    const pb::Earning& act = entry.earning();
    return act.weighing() != pb::WEIGHING_BOOKED && act.party() == 0 &&
           (filter_.district == 0 || filter_.district == act.district()) &&
           (filter_.rules == 0 || filter_.rules == act.rules()) &&
           (filter_.product == 0 || filter_.product == act.product()) &&
           (filter_.scenario.empty() || filter_.scenario == ScenarioOf(entry));
  }

  // The act after its newest correction.
  absl::StatusOr<pb::Earning> Newest(EntryIndex index) const {
    const auto bytes = store_.ReadEntry(index);
    if (!bytes.ok()) {
      return bytes.status();
    }
    Entry entry;
    if (!entry.ParseFromString(*bytes) || !entry.has_correction()) {
      return absl::DataLossError(absl::StrCat("entry ", index.value(), " is no correction"));
    }
    return entry.correction().now();
  }

  absl::Status Visit(EntryIndex index, const Entry& entry, const Undone& undone) const {
    const bool award = entry.has_award();
    std::uint64_t quantity =
        award ? std::max<std::uint64_t>(entry.award().quantity(), 1) : entry.earning().quantity();
    std::int64_t points = award ? entry.award().points() : entry.earning().points();
    std::int64_t bonus = award ? 0 : entry.earning().bonus_points();
    if (undone.revision > 0) {
      const auto now = Newest(undone.newest);
      if (!now.ok()) {
        return now.status();
      }
      points = now->points();
      bonus = now->bonus_points();
      quantity = award ? quantity : now->quantity();
    }
    if (undone.cancelled || undone.quantity >= quantity) {
      return absl::OkStatus();
    }
    visit_({index, entry, ScenarioOf(entry),
            AccountNo(award ? entry.award().budget() : entry.earning().budget()), undone.revision,
            undone.quantity > 0, quantity - undone.quantity, points,
            points + bonus - undone.points.units()});
    return absl::OkStatus();
  }

  const store::Store& store_;
  const Registry& registry_;
  const ActFilter& filter_;
  const std::function<void(const SelectedAct&)>& visit_;
  std::vector<std::pair<EntryIndex, Entry>> waiting_;
};

}  // namespace

absl::Status SelectActs(const store::Store& store, const Registry& registry, std::uint64_t size,
                        const ActFilter& filter, const std::function<void(std::uint64_t)>& progress,
                        const std::function<void(const SelectedAct&)>& visit) {
  Selection selection(store, registry, filter, visit);
  absl::Status read = store.ScanEntries(
      EntryIndex(0), size, [&](EntryIndex index, std::string_view bytes) -> absl::Status {
        Entry entry;
        if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return absl::DataLossError(absl::StrCat("entry ", index.value(), " cannot be decoded"));
        }
        if (index.value() % kStep == 0 && progress) {
          progress(index.value());
        }
        return selection.Add(index, std::move(entry));
      });
  return read.ok() ? selection.Flush() : read;
}

}  // namespace tanhui::sequencer
