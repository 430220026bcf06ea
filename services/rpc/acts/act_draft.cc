#include "services/rpc/acts/act_draft.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/rpc/acts/booking.h"
#include "services/rpc/acts/check_in.h"
#include "services/rpc/acts/evidence_reading.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr std::size_t kMaxName = 128;
constexpr std::uint32_t kMaxSeconds = 31 * 86'400;

static_assert(static_cast<int>(v1::UNIT_WATT_HOUR) == pb::UNIT_WATT_HOUR);
static_assert(static_cast<int>(v1::Unit_MAX) == pb::Unit_MAX);
static_assert(static_cast<int>(v1::EVIDENCE_GRADE_DECLARED) == pb::EVIDENCE_GRADE_DECLARED);
static_assert(static_cast<int>(v1::EvidenceGrade_MAX) == pb::EvidenceGrade_MAX);
static_assert(static_cast<int>(v1::WEIGHING_WEIGHED) == pb::WEIGHING_WEIGHED);
static_assert(static_cast<int>(v1::Weighing_MAX) == pb::Weighing_MAX);

void RefuseField(Draft& draft, std::string_view field, std::string_view problem) {
  draft.Refuse(Refusal(Reason::kFieldInvalid, std::string(field)).With("problem", problem));
}

// One act while it is read.
class Reading {
 public:
  Reading(const Context& context, const v1::Act& act, Draft& draft)
      : context_(context),
        act_(act),
        draft_(draft),
        book_(rules::RulebookOf(draft.registry())),
        date_(ShanghaiDate(LedgerTime(draft.entry().act_micros()))),
        out_(*draft.entry().mutable_earning()) {}

  void Read() {
    ReadForms();
    out_.set_district(ReadDistrict(act_.district(), "act.district", draft_));
    const std::string scenario = draft_.ReadWord(act_.scenario(), "act.scenario");
    out_.set_scenario(book_.scenarios().Find(scenario));
    if (out_.scenario() == 0) {
      draft_.Refuse(Refusal(Reason::kUnknownScenario, "act.scenario"));
    }
    if (out_.district() != 0 && !book_.KnowsDistrict(out_.district())) {
      draft_.Refuse(Refusal(Reason::kUnknownDistrict, "act.district"));
    }
    ReadWay();
    ReadMaterial();
    if (!act_.product().empty()) {
      out_.set_product(ReadProduct(act_.product(), "act.product", draft_));
    }
    if (!act_.venue().empty()) {
      const rules::Venue* venue = ReadVenue(act_.venue(), "act.venue", draft_);
      out_.set_venue(venue == nullptr ? 0 : venue->number.value());
    }
    ReadCheckIn(context_, act_, date_, draft_);
    ReadEvidence(context_, act_, draft_);
  }

 private:
  void ReadForms() {
    if (!v1::Unit_IsValid(act_.unit()) || act_.unit() == v1::UNIT_UNSPECIFIED) {
      draft_.Refuse(Refusal(
          act_.unit() == v1::UNIT_UNSPECIFIED ? Reason::kFieldRequired : Reason::kFieldInvalid,
          "act.unit"));
    } else {
      out_.set_unit(static_cast<pb::Unit>(act_.unit()));
    }
    if (v1::EvidenceGrade_IsValid(act_.grade())) {
      out_.set_grade(static_cast<pb::EvidenceGrade>(act_.grade()));
    } else {
      RefuseField(draft_, "act.grade", "there is no such grade");
    }
    if (v1::Weighing_IsValid(act_.weighing())) {
      out_.set_weighing(static_cast<pb::Weighing>(act_.weighing()));
    } else {
      RefuseField(draft_, "act.weighing", "there is no such weighing");
    }
    ReadBooking(act_, draft_);
    draft_.ReadNumber(act_.duration_seconds(), 0, kMaxSeconds, "act.duration_seconds");
    out_.set_seconds(act_.duration_seconds());
  }

  // The metres between two stations, or the quantity as it is told.
  void ReadWay() {
    const std::string from =
        draft_.ReadText(act_.origin_station(), kMaxName, false, "act.origin_station");
    const std::string to =
        draft_.ReadText(act_.destination_station(), kMaxName, false, "act.destination_station");
    if (from.empty() && to.empty()) {
      const auto bounded =
          std::min(act_.quantity(), static_cast<std::uint64_t>(kMaxActQuantity) + 1);
      draft_.ReadNumber(static_cast<std::int64_t>(bounded), 1, kMaxActQuantity, "act.quantity");
      out_.set_quantity(act_.quantity());
      return;
    }
    if (from.empty() || to.empty()) {
      draft_.Refuse(Refusal(Reason::kFieldRequired,
                            from.empty() ? "act.origin_station" : "act.destination_station"));
      return;
    }
    if (act_.quantity() != 0) {
      RefuseField(draft_, "act.quantity", "leave it out of a way between stations");
    }
    const rules::RuleSet* set = book_.InForce(out_.district(), date_);
    const rules::StationVersion* table = book_.StationsInForce(date_);
    if (set == nullptr) {
      return;  // the ledger says why
    }
    if (table == nullptr) {
      draft_.Refuse(Refusal(Reason::kUnknownStation, "act.origin_station"));
      return;
    }
    const auto origin = table->stations.Find(set->city, from);
    const auto destination = table->stations.Find(set->city, to);
    const auto metres =
        origin && destination ? table->stations.Metres(*origin, *destination) : std::nullopt;
    if (!metres.has_value()) {
      draft_.Refuse(Refusal(Reason::kUnknownStation, !origin.has_value()
                                                         ? "act.origin_station"
                                                         : "act.destination_station"));
      return;
    }
    out_.set_quantity(*metres);
    out_.set_stations(table->document.value());
  }

  void ReadMaterial() {
    const std::string text = draft_.ReadText(act_.material(), kMaxName, false, "act.material");
    if (text.empty()) {
      return;
    }
    std::uint32_t number = book_.materials().Find(text);
    if (const rules::MaterialVersion* table = book_.MaterialsInForce(date_);
        number == 0 && table != nullptr) {
      const auto found = table->materials.find(text);
      number = found == table->materials.end() ? 0 : book_.materials().Find(found->second);
    }
    if (number == 0) {
      draft_.Refuse(Refusal(Reason::kUnknownMaterial, "act.material"));
    }
    out_.set_material(number);
  }

  const Context& context_;
  const v1::Act& act_;
  Draft& draft_;
  const rules::Rulebook& book_;
  const BusinessDate date_;
  pb::Earning& out_;
};

}  // namespace

void ReadAct(const Context& context, const v1::Act& act, Draft& draft) {
  Reading(context, act, draft).Read();
}

void RefuseStatedPoints(const v1::AwardRequest& request, Draft& draft) {
  for (const auto& [given, field] :
       {std::pair(request.points() != 0, "points"),
        std::pair(!request.scenario().empty(), "scenario"),
        std::pair(request.quantity() != 0, "quantity"), std::pair(request.grams() != 0, "grams"),
        std::pair(!request.reason().empty(), "reason")}) {
    if (given) {
      RefuseField(draft, field, "leave it out of an award for an act");
    }
  }
}

std::uint32_t ReadDistrict(std::string_view text, std::string_view field, Draft& draft) {
  if (text.empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, std::string(field)));
    return 0;
  }
  std::uint32_t code = 0;
  const bool digits =
      text.size() == 6 && text.front() != '0' &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, std::string(field)).With("expected", "six digits"));
    return 0;
  }
  for (const char c : text) {
    code = code * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return code;
}

const rules::Venue* ReadVenue(std::string_view name, std::string_view field, Draft& draft) {
  constexpr std::string_view kPrefix = "venues/";
  if (name.empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, std::string(field)));
    return nullptr;
  }
  if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, std::string(field)).With("expected", "venues/{venue}"));
    return nullptr;
  }
  const rules::Venue* venue =
      rules::RulebookOf(draft.registry()).FindVenue(name.substr(kPrefix.size()));
  if (venue == nullptr) {
    draft.Refuse(Refusal(Reason::kUnknownVenue, std::string(field)));
  }
  return venue;
}

std::uint32_t ReadProduct(std::string_view name, std::string_view field, Draft& draft) {
  if (name.empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, std::string(field)));
    return 0;
  }
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, std::string(field)).With("expected", "{catalogue}/{code}"));
    return 0;
  }
  const std::uint32_t number = rules::RulebookOf(draft.registry()).products().Find(name);
  if (number == 0) {
    draft.Refuse(Refusal(Reason::kUnknownProduct, std::string(field)));
  }
  return number;
}

std::optional<Month> FirstOpenMonth(const rules::Rulebook& book, BusinessDate today) {
  std::optional<std::uint32_t> longest;
  for (const rules::Document& document : book.documents()) {
    const rules::RuleSet* set =
        document.kind == pb::DOCUMENT_KIND_RULE_SET ? book.Find(document.number) : nullptr;
    if (set != nullptr) {
      longest = std::max(longest.value_or(0), set->max_age_days);
    }
  }
  return longest.has_value()
             ? std::optional(
                   MonthOf(BusinessDate(today.value() - static_cast<std::int32_t>(*longest))))
             : std::nullopt;
}

std::string DocumentCollection(pb::DocumentKind kind) {
  switch (kind) {
    case pb::DOCUMENT_KIND_RULE_SET:
      return "ruleSets/";
    case pb::DOCUMENT_KIND_CATALOGUE:
      return "catalogues/";
    case pb::DOCUMENT_KIND_STATION_TABLE:
      return "stationTables/";
    case pb::DOCUMENT_KIND_MATERIAL_TABLE:
      return "materialTables/";
    case pb::DOCUMENT_KIND_ACCOUNT_CODES:
      return "accountCodes/";
    default:
      return {};
  }
}

std::string DocumentName(const rules::Document& document) {
  return DocumentCollection(document.kind) + document.code + "/versions/" +
         std::to_string(document.version);
}

std::string RuleSetName(const rules::Rulebook& book, rules::DocumentNo number) {
  const rules::RuleSet* set = book.Find(number);
  return set == nullptr ? std::string()
                        : "ruleSets/" + set->code + "/versions/" + std::to_string(set->version);
}

}  // namespace tanhui::rpc
