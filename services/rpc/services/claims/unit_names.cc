#include "services/rpc/services/claims/unit_names.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/rpc/services/reading.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kUnits = "/units/";
constexpr std::string_view kRuns = "settlementRuns/";
constexpr std::string_view kLines = "/lines/";

void RefuseForm(std::string_view name, std::string_view field, std::string_view expected,
                Draft& draft) {
  draft.Refuse(name.empty()
                   ? Refusal(Reason::kFieldRequired, std::string(field))
                   : Refusal(Reason::kFieldInvalid, std::string(field)).With("expected", expected));
}

// The store, or behind a slash the till, that the codes name; null when there is none.
const claims::Unit* FindUnit(const Registry& registry, const Participant& merchant,
                             const Asset& asset, std::string_view codes) {
  const claims::Terms& terms = claims::TermsOf(registry);
  const std::size_t slash = codes.find('/');
  const claims::Unit* store =
      terms.FindStore(merchant.number, asset.number, codes.substr(0, slash));
  return store == nullptr || slash == std::string_view::npos
             ? store
             : terms.FindTill(*store, codes.substr(slash + 1));
}

// A run's number in decimal digits.
std::optional<RunNo> ParseRun(std::string_view text) {
  const auto number = ParseTokenNumber(text);
  return number.has_value() && *number <= 0xffff'ffff
             ? std::optional(RunNo(static_cast<std::uint32_t>(*number)))
             : std::nullopt;
}

}  // namespace

std::optional<NamedUnit> ReadUnitName(std::string_view name, std::string_view field,
                                      const Asset* asset, Draft& draft) {
  const std::size_t units = name.find(kUnits);
  NamedUnit named;
  named.merchant = draft.ReadParticipant(name.substr(0, units), field);
  if (named.merchant == nullptr || asset == nullptr) {
    return std::nullopt;
  }
  if (asset->money) {
    draft.Refuse(Refusal(Reason::kWrongAccountKind, "asset"));
    return std::nullopt;
  }
  if (units != std::string_view::npos) {
    named.unit =
        FindUnit(draft.registry(), *named.merchant, *asset, name.substr(units + kUnits.size()));
    if (named.unit == nullptr) {
      draft.Refuse(Refusal(Reason::kUnknownUnit, std::string(field)));
      return std::nullopt;
    }
  }
  return named;
}

std::uint64_t ReadTakingAccount(std::string_view merchant, std::string_view store,
                                std::string_view till, const Asset* asset, Draft& draft,
                                std::string_view prefix) {
  const auto field = [prefix](std::string_view name) { return std::string(prefix).append(name); };
  if (store.empty() && till.empty()) {
    return draft.ReadMerchantAccount(merchant, asset, field("merchant"));
  }
  draft.ReadCode(store, field("store"));
  if (!till.empty()) {
    draft.ReadCode(till, field("till"));
  }
  const Participant* participant = draft.ReadParticipant(merchant, field("merchant"));
  if (participant == nullptr || asset == nullptr) {
    return 0;
  }
  const claims::Terms& terms = claims::TermsOf(draft.registry());
  const claims::Unit* unit = terms.FindStore(participant->number, asset->number, store);
  if (unit == nullptr) {
    draft.Refuse(Refusal(Reason::kUnknownUnit, field("store")));
    return 0;
  }
  if (!till.empty()) {
    unit = terms.FindTill(*unit, till);
    if (unit == nullptr) {
      draft.Refuse(Refusal(Reason::kUnknownUnit, field("till")));
      return 0;
    }
  }
  return unit->account.value();
}

const claims::Run* ReadRunName(std::string_view name, std::string_view field, Draft& draft) {
  const auto number =
      name.starts_with(kRuns) ? ParseRun(name.substr(kRuns.size())) : std::optional<RunNo>();
  if (!number.has_value()) {
    RefuseForm(name, field, "settlementRuns/{number}", draft);
    return nullptr;
  }
  const claims::Run* run = claims::TermsOf(draft.registry()).Find(*number);
  if (run == nullptr) {
    draft.Refuse(Refusal(Reason::kUnknownRun, std::string(field)));
  }
  return run;
}

std::optional<NamedLine> ReadLineName(std::string_view name, std::string_view field, Draft& draft) {
  const std::size_t lines = name.find(kLines);
  const auto index = lines == std::string_view::npos
                         ? std::optional<std::uint64_t>()
                         : ParseTokenNumber(name.substr(lines + kLines.size()));
  if (!index.has_value() || !name.starts_with(kRuns) ||
      !ParseRun(name.substr(kRuns.size(), lines - kRuns.size())).has_value()) {
    RefuseForm(name, field, "settlementRuns/{number}/lines/{number}", draft);
    return std::nullopt;
  }
  const claims::Run* run = ReadRunName(name.substr(0, lines), field, draft);
  return run == nullptr ? std::nullopt : std::optional(NamedLine{run->number, EntryIndex(*index)});
}

std::string PriceName(PriceNo number) { return absl::StrCat("settlementPrices/", number.value()); }

std::string RunName(RunNo number) { return absl::StrCat("settlementRuns/", number.value()); }

std::string LineName(RunNo run, EntryIndex line) {
  return absl::StrCat(RunName(run), "/lines/", line.value());
}

}  // namespace tanhui::rpc
