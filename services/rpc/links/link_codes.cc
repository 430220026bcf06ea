#include "services/rpc/links/link_codes.h"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/signing/keyed_hash.h"
#include "services/rpc/context.h"

namespace tanhui::rpc {
namespace {

using BegunUse = std::variant<LinkCodeUse, Refusal>;

constexpr std::size_t kRandomBytes = 7;
// Two of 2^50 codes meet about never; more draws than this mean that something else is wrong.
constexpr int kDraws = 8;

// What a repeat of an unknown outcome needs outlives the deadline by this.
bool IsOver(LedgerTime deadline, LedgerTime now) {
  return deadline.value() + kMicrosPerDay <= now.value();
}

}  // namespace

LinkCodes::LinkCodes(const LinkCodeOptions& options, store::Store& store, const Secrets& secrets,
                     const sequencer::Clock& clock, std::function<bool()> clock_is_good)
    : options_(options),
      store_(store),
      secrets_(secrets),
      clock_(clock),
      clock_is_good_(std::move(clock_is_good)),
      wrong_(options.max_wrong, clock),
      thread_(options.max_tasks, options.purge_every, [this] { return PurgeInTurn(); }) {}

LinkCodes::~LinkCodes() { Stop(); }

void LinkCodes::Stop() { thread_.Stop(); }

bool LinkCodes::Make(AccountNo account, std::uint8_t kind, ParticipantNo creator,
                     std::chrono::minutes life, Made made) {
  return thread_.Post([this, account, kind, creator, life, made = std::move(made)] {
    made(MakeNow(account, kind, creator, life));
  });
}

absl::StatusOr<NewLinkCode> LinkCodes::MakeNow(AccountNo account, std::uint8_t kind,
                                               ParticipantNo creator, std::chrono::minutes life) {
  const LedgerTime deadline(clock_.Wall().value() + life.count() * kMicrosPerMinute);
  for (int draw = 0; draw < kDraws; ++draw) {
    const auto random = signing::RandomBytes(kRandomBytes);
    if (!random.ok()) {
      return random.status();
    }
    const std::string text = LinkCodeOf(*random);
    const auto hash = LinkCodeHash::FromView(secrets_.ForLinkCode(text).view());
    const absl::Status taken = store_.ReadOutside(LinkCodeKey(hash)).status();
    if (taken.ok()) {
      continue;
    }
    if (!absl::IsNotFound(taken)) {
      return taken;
    }
    const std::array<std::pair<std::string, std::string>, 2> rows = {
        std::pair(LinkCodeKey(hash), LinkCodeValue({account, kind, creator, deadline, {}})),
        std::pair(LinkDeadlineKey(deadline, hash), std::string())};
    const absl::Status put = store_.PutOutside(rows, {});
    return put.ok() ? absl::StatusOr<NewLinkCode>(NewLinkCode{text, deadline}) : put;
  }
  return absl::InternalError("no code was free");
}

std::optional<Refusal> LinkCodes::RefuseWrong(ParticipantNo caller, bool may_be_one) {
  if (wrong_.TooMany(caller)) {
    return Refusal(Reason::kTooManyWrongCodes, "code");
  }
  if (may_be_one) {
    return std::nullopt;
  }
  wrong_.Note(caller);
  return Refusal(Reason::kUnknownLinkCode, "code");
}

bool LinkCodes::Begin(std::string text, RequestKey request, bool trial, Begun begun) {
  return thread_.Post([this, text = std::move(text), request, trial, begun = std::move(begun)] {
    const auto code = CanonicalLinkCode(text);
    if (auto refusal = RefuseWrong(request.caller, code.has_value())) {
      begun(BegunUse(*std::move(refusal)));
      return;
    }
    BeginNow(LinkCodeHash::FromView(secrets_.ForLinkCode(*code).view()), request, trial, begun);
  });
}

void LinkCodes::BeginNow(const LinkCodeHash& hash, const RequestKey& request, bool trial,
                         const Begun& begun) {
  {
    const std::lock_guard lock(mutex_);
    const auto [at, free] = in_use_.try_emplace(hash);
    if (!free) {
      at->second.push_back(
          [this, hash, request, trial, begun] { BeginNow(hash, request, trial, begun); });
      return;
    }
  }
  auto use = Use(hash, request, trial);
  const bool refused = !use.ok() || std::holds_alternative<Refusal>(*use);
  begun(std::move(use));
  if (refused) {
    Release(hash);
  }
}

absl::StatusOr<BegunUse> LinkCodes::Use(const LinkCodeHash& hash, const RequestKey& request,
                                        bool trial) {
  const auto value = store_.ReadOutside(LinkCodeKey(hash));
  if (absl::IsNotFound(value.status())) {
    wrong_.Note(request.caller);
    return BegunUse(Refusal(Reason::kUnknownLinkCode, "code"));
  }
  auto code = value.ok() ? ParseLinkCodeValue(*value) : std::nullopt;
  if (!code.has_value()) {
    return value.ok() ? absl::DataLossError("a row of a link code cannot be decoded")
                      : value.status();
  }
  const auto by = LinkUse::FromView(secrets_.ForLinkUse(request).view());
  if (code->used_by != LinkUse{} && code->used_by != by) {
    return BegunUse(Refusal(Reason::kLinkCodeUsed, "code"));
  }
  const bool used = code->used_by == by;
  if (!used && clock_.Wall() > code->deadline) {
    return BegunUse(Refusal(Reason::kLinkCodeExpired, "code"));
  }
  if (!used && !trial) {
    code->used_by = by;
    const std::array row = {std::pair(LinkCodeKey(hash), LinkCodeValue(*code))};
    if (absl::Status marked = store_.PutOutside(row, {}); !marked.ok()) {
      return marked;
    }
  }
  // What an earlier try marked stays marked, whatever becomes of this one: that try may have been
  // accepted.
  return BegunUse(LinkCodeUse{hash, *code, !used && !trial});
}

void LinkCodes::End(LinkCodeUse use, bool refused, std::function<void(absl::Status)> ended) {
  thread_.MustPost([this, use, refused, ended = std::move(ended)] {
    absl::Status status;
    if (refused && use.marked) {
      LinkCode code = use.code;
      code.used_by = {};
      const std::array row = {std::pair(LinkCodeKey(use.hash), LinkCodeValue(code))};
      status = store_.PutOutside(row, {});
    }
    ended(status);
    Release(use.hash);
  });
}

void LinkCodes::Release(const LinkCodeHash& hash) {
  std::vector<std::function<void()>> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting = std::move(in_use_.extract(hash).mapped());
  }
  // The first of them takes it; the others wait again.
  for (const std::function<void()>& next : waiting) {
    thread_.MustPost(next);
  }
}

bool LinkCodes::PurgeInTurn() {
  if (!clock_is_good_()) {
    return false;
  }
  const auto more = Purge();
  if (!more.ok()) {
    spdlog::error("link codes cannot be purged: {}", more.status().ToString());
  }
  return more.ok() && *more;
}

// A row that is none stays and is told: it cannot be known what it was.
absl::StatusOr<bool> LinkCodes::Purge() {
  const LedgerTime now = clock_.Wall();
  std::vector<std::string> keys;
  std::uint64_t damaged = 0;
  bool more = false;
  const auto next = store_.ScanOutside(kLinkDeadlineRows, {}, options_.rows_per_purge,
                                       [&](std::string_view key, std::string_view) {
                                         const auto row = ParseLinkDeadlineKey(key);
                                         if (!row.has_value()) {
                                           ++damaged;
                                           return true;
                                         }
                                         if (!IsOver(row->deadline, now)) {
                                           return false;
                                         }
                                         more = true;
                                         keys.push_back(LinkCodeKey(row->hash));
                                         keys.emplace_back(key);
                                         return true;
                                       });
  if (!next.ok()) {
    return next.status();
  }
  if (!keys.empty()) {
    if (absl::Status erased = store_.PutOutside({}, keys); !erased.ok()) {
      return erased;
    }
  }
  if (damaged > 0) {
    return absl::DataLossError(absl::StrCat(damaged, " rows of link codes cannot be decoded"));
  }
  return more && next->has_value();
}

}  // namespace tanhui::rpc
