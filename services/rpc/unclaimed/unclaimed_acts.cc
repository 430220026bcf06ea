#include "services/rpc/unclaimed/unclaimed_acts.h"

#include <spdlog/spdlog.h>

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/rpc/acts/evidence_text.h"
#include "services/rpc/context.h"

namespace tanhui::rpc {
namespace {

// Rows of a holder that are looked at in one step.
constexpr std::size_t kRowsPerStep = 1'000;

absl::Status Damaged() { return absl::DataLossError("a row of kept acts cannot be decoded"); }

void AddKeysOf(const KeptActExpiry& row, std::vector<std::string>& keys) {
  keys.push_back(KeptActKey(row.name));
  keys.push_back(KeptRequestRowKey(row.name.request));
  keys.push_back(ExpiryRowKey(row));
}

// Visits the rows of a holder, expired ones too, until `visit` answers false or all were seen.
absl::Status VisitRows(const store::Store& store, const HolderHash& holder, std::string from,
                       const std::function<bool(std::string_view, std::string_view)>& visit) {
  std::optional<std::string> next = std::move(from);
  bool more = true;
  while (more && next.has_value()) {
    auto after = store.ScanOutside(KeptActsOf(holder), *next, kRowsPerStep,
                                   [&](std::string_view key, std::string_view value) {
                                     more = visit(key, value);
                                     return more;
                                   });
    if (!after.ok()) {
      return after.status();
    }
    next = *std::move(after);
  }
  return absl::OkStatus();
}

Refusal Reused() { return Refusal(Reason::kRequestIdReused, "award.request_id"); }

// Why an id that the log has cannot be kept.
std::optional<Refusal> RefusedByLog(const std::optional<RequestRecord>& logged) {
  if (!logged.has_value()) {
    return std::nullopt;
  }
  const auto index = static_cast<std::int64_t>(logged->entry.value());
  return logged->cancelled_by.has_value()
             ? Refusal(Reason::kRequestCancelled, "award.request_id").With("entry_index", index)
             : Reused().With("entry_index", index);
}

}  // namespace

// One call of Keep: what was decided so far counts for what comes after it.
class UnclaimedActs::KeepCall {
 public:
  KeepCall(const UnclaimedActs& acts, LedgerTime now) : acts_(acts), now_(now) {}

  // `logged`: what the log has under the id.
  absl::StatusOr<KeepOutcome> Keep(const ActToKeep& one,
                                   const std::optional<RequestRecord>& logged) {
    const Hash256 request = acts_.secrets_.ForKeptRequest({one.holder.platform, one.id});
    const KeptActName name{one.holder.hash, one.act_time,
                           KeptRequestHash::FromView(request.view())};
    auto kept = AsKept(name, one);
    if (!kept.ok()) {
      return kept.status();
    }
    if (kept->has_value()) {
      return **std::move(kept);
    }
    auto refusal = RefusedByLog(logged);
    if (one.refusal.has_value() &&
        (!refusal.has_value() || one.refusal->reason < refusal->reason)) {
      refusal = one.refusal;
    }
    if (refusal.has_value()) {
      return KeepOutcome(*std::move(refusal));
    }
    return Add(name, one);
  }

  absl::Status Write(store::Store& store) const {
    return put_.empty() ? absl::OkStatus() : store.PutOutside(put_, erase_);
  }

 private:
  // What an act that is kept under the same id already makes of this one; nullopt when none is.
  absl::StatusOr<std::optional<KeepOutcome>> AsKept(const KeptActName& name, const ActToKeep& one) {
    if (const auto found = fresh_.find(name.request); found != fresh_.end()) {
      return Compared(found->second.name, found->second.act, name, one);
    }
    const std::string key = KeptRequestRowKey(name.request);
    const auto row = acts_.store_.ReadOutside(key);
    if (absl::IsNotFound(row.status())) {
      return std::optional<KeepOutcome>();
    }
    const auto known = row.ok() ? ParseKeptRequestRow(key, *row) : std::nullopt;
    if (!known.has_value()) {
      return row.ok() ? Damaged() : row.status();
    }
    const auto value = acts_.store_.ReadOutside(KeptActKey(*known));
    const auto expires = value.ok() ? ExpiryOfKeptAct(*value) : std::nullopt;
    if (!expires.has_value()) {
      return absl::IsNotFound(value.status()) || value.ok() ? Damaged() : value.status();
    }
    if (*expires <= now_) {
      AddKeysOf({*expires, *known}, erase_);
      return std::optional<KeepOutcome>();
    }
    if (*known != name) {
      return std::optional<KeepOutcome>(Reused());
    }
    const auto act = OpenKeptAct(one.holder.key, name, *value);
    return act.ok() ? absl::StatusOr<std::optional<KeepOutcome>>(Compared(*known, *act, name, one))
                    : act.status();
  }

  static std::optional<KeepOutcome> Compared(const KeptActName& known, const KeptAct& kept,
                                             const KeptActName& name, const ActToKeep& one) {
    const bool same =
        known == name && kept.request.SerializeAsString() == one.act.request.SerializeAsString();
    return same ? KeepOutcome(kept) : KeepOutcome(Reused());
  }

  absl::StatusOr<KeepOutcome> Add(const KeptActName& name, const ActToKeep& one) {
    const auto [count, fresh] = counts_.try_emplace(name.holder);
    if (fresh) {
      const absl::Status counted = VisitRows(
          acts_.store_, name.holder, {}, [&at = count->second](std::string_view, std::string_view) {
            ++at;
            return true;
          });
      if (!counted.ok()) {
        return counted;
      }
    }
    const std::size_t most = acts_.options_.max_of_holder;
    if (count->second >= most) {
      return KeepOutcome(Refusal(Reason::kCapReached, "holder")
                             .With("cap", "unclaimed_acts")
                             .With("limit", static_cast<std::int64_t>(most))
                             .With("used", static_cast<std::int64_t>(count->second)));
    }
    auto value = SealKeptAct(one.holder.key, name, one.act);
    if (!value.ok()) {
      return value.status();
    }
    put_.emplace_back(KeptActKey(name), *std::move(value));
    put_.emplace_back(KeptRequestRowKey(name.request), KeptRequestRowValue(name));
    put_.emplace_back(ExpiryRowKey({one.act.expires, name}), std::string());
    fresh_.emplace(name.request, KeptRow{name, one.act});
    ++count->second;
    return KeepOutcome(one.act);
  }

  const UnclaimedActs& acts_;
  const LedgerTime now_;
  std::map<KeptRequestHash, KeptRow> fresh_;  // that this call keeps
  std::map<HolderHash, std::size_t> counts_;  // rows of holders that it adds to
  std::vector<std::pair<std::string, std::string>> put_;
  std::vector<std::string> erase_;
};

UnclaimedActs::UnclaimedActs(const UnclaimedOptions& options, store::Store& store,
                             const Secrets& secrets, const sequencer::Clock& clock,
                             std::function<bool()> clock_is_good)
    : options_(options),
      store_(store),
      secrets_(secrets),
      clock_(clock),
      clock_is_good_(std::move(clock_is_good)),
      thread_(options.max_tasks, options.purge_every, [this] { return PurgeInTurn(); }) {}

UnclaimedActs::~UnclaimedActs() { Stop(); }

void UnclaimedActs::Stop() { thread_.Stop(); }

bool UnclaimedActs::Post(std::function<void()> task) { return thread_.Post(std::move(task)); }

void UnclaimedActs::MustPost(std::function<void()> task) { thread_.MustPost(std::move(task)); }

bool UnclaimedActs::PurgeInTurn() {
  if (!clock_is_good_()) {
    return false;
  }
  const auto more = Purge();
  if (!more.ok()) {
    spdlog::error("kept acts cannot be purged: {}", more.status().ToString());
  }
  return more.ok() && *more;
}

UnclaimedHolder UnclaimedActs::HolderOf(ParticipantNo platform, std::string_view source,
                                        std::string_view subject) const {
  const std::string canonical_source = CanonicalText(source);
  const std::string canonical_subject = CanonicalText(subject);
  return {platform,
          HolderHash::FromView(
              secrets_.ForHolder(platform, canonical_source, canonical_subject).view()),
          secrets_.HolderKey(platform, canonical_source, canonical_subject)};
}

absl::StatusOr<std::vector<KeepOutcome>> UnclaimedActs::Keep(std::span<const ActToKeep> acts) {
  std::vector<RequestKey> ids;
  for (const ActToKeep& one : acts) {
    ids.push_back({one.holder.platform, one.id});
  }
  const std::lock_guard changes(changes_mutex_);
  const auto logged = store_.ReadRequests(ids);
  if (!logged.ok()) {
    return logged.status();
  }
  KeepCall call(*this, Now());
  std::vector<KeepOutcome> out;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    auto outcome = call.Keep(acts[i], (*logged)[i]);
    if (!outcome.ok()) {
      return outcome.status();
    }
    out.push_back(*std::move(outcome));
  }
  const absl::Status written = call.Write(store_);
  return written.ok() ? absl::StatusOr<std::vector<KeepOutcome>>(std::move(out)) : written;
}

absl::StatusOr<KeptPage> UnclaimedActs::List(const UnclaimedHolder& holder, std::size_t size,
                                             std::optional<KeptActName> from) const {
  const LedgerTime now = Now();
  KeptPage page;
  absl::Status problem;
  const absl::Status scanned =
      VisitRows(store_, holder.hash, from.has_value() ? KeptActKey(*from) : std::string(),
                [&](std::string_view key, std::string_view value) {
                  const auto name = ParseKeptActKey(key);
                  const auto expires = ExpiryOfKeptAct(value);
                  if (!name.has_value() || !expires.has_value()) {
                    problem = Damaged();
                    return false;
                  }
                  if (*expires <= now) {
                    return true;
                  }
                  if (page.rows.size() == size) {
                    page.next = *name;
                    return false;
                  }
                  auto act = OpenKeptAct(holder.key, *name, value);
                  problem = act.status();
                  if (act.ok()) {
                    page.rows.push_back({*name, *std::move(act)});
                  }
                  return problem.ok();
                });
  problem.Update(scanned);
  return problem.ok() ? absl::StatusOr<KeptPage>(std::move(page)) : problem;
}

absl::Status UnclaimedActs::Erase(std::span<const KeptActExpiry> rows) {
  const std::lock_guard changes(changes_mutex_);
  std::vector<std::string> keys;
  for (const KeptActExpiry& row : rows) {
    const auto value = store_.ReadOutside(KeptActKey(row.name));
    if (!value.ok() && !absl::IsNotFound(value.status())) {
      return value.status();
    }
    // Somebody may have erased it, and kept it again, since.
    if (value.ok() && ExpiryOfKeptAct(*value) == row.expires) {
      AddKeysOf(row, keys);
    }
  }
  return keys.empty() ? absl::OkStatus() : store_.PutOutside({}, keys);
}

absl::StatusOr<std::int64_t> UnclaimedActs::EraseAll(const UnclaimedHolder& holder) {
  const std::lock_guard changes(changes_mutex_);
  const LedgerTime now = Now();
  std::int64_t erased = 0;
  std::vector<std::string> keys;
  absl::Status status =
      VisitRows(store_, holder.hash, {}, [&](std::string_view key, std::string_view value) {
        const auto name = ParseKeptActKey(key);
        if (!name.has_value()) {
          keys.emplace_back(key);
          return true;
        }
        // Of a damaged row the expiry is not known: its own row goes when it is over.
        const auto expires = ExpiryOfKeptAct(value);
        AddKeysOf({expires.value_or(LedgerTime()), *name}, keys);
        erased += !expires.has_value() || *expires > now ? 1 : 0;
        return true;
      });
  if (status.ok() && !keys.empty()) {
    status = store_.PutOutside({}, keys);
  }
  return status.ok() ? absl::StatusOr<std::int64_t>(erased) : status;
}

absl::StatusOr<bool> UnclaimedActs::Purge() {
  const std::lock_guard changes(changes_mutex_);
  const LedgerTime now = Now();
  std::vector<std::string> keys;
  absl::Status problem;
  bool over = false;
  auto next =
      store_.ScanOutside(kExpiryRows, purge_from_, options_.rows_per_purge,
                         [&](std::string_view key, std::string_view) {
                           const auto row = ParseExpiryRowKey(key);
                           if (!row.has_value()) {
                             ++purge_damage_;
                             return true;
                           }
                           over = row->expires > now;
                           if (over) {
                             return false;
                           }
                           const auto value = store_.ReadOutside(KeptActKey(row->name));
                           const auto expires = value.ok() ? ExpiryOfKeptAct(*value) : row->expires;
                           if (!value.ok() && !absl::IsNotFound(value.status())) {
                             problem = value.status();
                             return false;
                           }
                           purge_damage_ += expires.has_value() ? 0 : 1;
                           // An act that was erased and kept again has another row here. A damaged
                           // one is over, too.
                           if (value.ok() && expires.value_or(row->expires) == row->expires) {
                             AddKeysOf(*row, keys);
                             ++purged_;
                           } else {
                             keys.emplace_back(key);
                           }
                           return true;
                         });
  problem.Update(next.status());
  if (problem.ok() && !keys.empty()) {
    problem.Update(store_.PutOutside({}, keys));
  }
  const bool more = problem.ok() && !over && next->has_value();
  purge_from_ = more ? **next : std::string();
  if (!more) {
    const std::uint64_t purged = std::exchange(purged_, 0);
    const std::uint64_t damaged = std::exchange(purge_damage_, 0);
    if (purged > 0) {
      spdlog::info("{} kept acts whose days were over were deleted", purged);
    }
    if (problem.ok() && damaged > 0) {
      problem = absl::DataLossError(absl::StrCat(damaged, " rows of kept acts cannot be decoded"));
    }
  }
  return problem.ok() ? absl::StatusOr<bool>(more) : problem;
}

}  // namespace tanhui::rpc
