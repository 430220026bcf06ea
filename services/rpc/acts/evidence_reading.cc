#include "services/rpc/acts/evidence_reading.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/core/check.h"
#include "ledger/rules/evidence/claim.h"
#include "ledger/rules/rulebook.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/acts/evidence_keys.h"
#include "services/rpc/acts/evidence_text.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;
using rules::ClaimScope;

constexpr std::size_t kMaxEvidenceText = 128;
constexpr std::size_t kMaxEvidenceReference = 512;

static_assert(static_cast<int>(v1::EVIDENCE_KIND_RECORD) == pb::EVIDENCE_KIND_RECORD);
static_assert(static_cast<int>(v1::EVIDENCE_KIND_SERIAL) == pb::EVIDENCE_KIND_SERIAL);
static_assert(static_cast<int>(v1::EVIDENCE_KIND_MOMENT) == pb::EVIDENCE_KIND_MOMENT);
static_assert(static_cast<int>(v1::EvidenceKind_MAX) == pb::EvidenceKind_MAX);

// The brand of the product, where the rule asks for one of that catalogue; empty otherwise.
std::string_view BrandOf(const rules::Rulebook& book, const rules::Rule* rule,
                         rules::ProductNo product, BusinessDate date) {
  const rules::CatalogueVersion* catalogue =
      rule == nullptr || rule->catalogue.empty() || product == rules::ProductNo(0)
          ? nullptr
          : book.CatalogueInForce(rule->catalogue, date);
  if (catalogue == nullptr) {
    return {};
  }
  const auto listing = catalogue->listings.find(product);
  return listing == catalogue->listings.end() ? std::string_view() : listing->second.brand;
}

// The evidence of one act while it is read.
class Reading {
 public:
  Reading(const Context& context, const v1::Act& act, Draft& draft)
      : context_(context),
        act_(act),
        draft_(draft),
        book_(rules::RulebookOf(draft.registry())),
        out_(*draft.entry().mutable_earning()),
        time_(draft.entry().act_micros()),
        date_(ShanghaiDate(time_)),
        set_(book_.InForce(out_.district(), date_)),
        rule_(set_ == nullptr ? nullptr : set_->Find(rules::ScenarioNo(out_.scenario()))),
        brand_(BrandOf(book_, rule_, rules::ProductNo(out_.product()), date_)) {}

  void Read() {
    if (act_.evidence_size() > rules::kMostPieces) {
      draft_.Refuse(
          Refusal(Reason::kFieldInvalid, "act.evidence").With("largest", rules::kMostPieces));
      return;
    }
    for (int i = 0; i < act_.evidence_size(); ++i) {
      pieces_.push_back(ReadPiece(act_.evidence(i), "act.evidence[" + std::to_string(i) + "]."));
    }
    // What earns for a product is the product's own serial number.
    // Claims that are there already are those of an act that is corrected, without evidence anew.
    if (rule_ != nullptr && rule_->needs_serial && !brand_.empty() && !serial_of_brand_ &&
        out_.weighing() != pb::WEIGHING_WEIGHED && out_.nullifiers().empty()) {
      draft_.Refuse(Refusal(Reason::kConditionNotMet, "act.evidence").With("condition", "serial"));
    }
    if (!draft_.refusal().has_value() && !pieces_.empty()) {
      ClaimAll();
    }
  }

 private:
  void Refuse(const std::string& field, std::string_view problem) {
    draft_.Refuse(Refusal(Reason::kFieldInvalid, field).With("problem", problem));
  }

  EvidenceText ReadPiece(const v1::Evidence& piece, const std::string& at) {
    EvidenceText text;
    text.second_party = out_.party() == 2;
    text.kind = static_cast<pb::EvidenceKind>(piece.kind());
    if (!v1::EvidenceKind_IsValid(piece.kind())) {
      Refuse(at + "kind", "there is no such kind");
      return text;
    }
    ReadSource(piece, at, text);
    text.subject = piece.subject();
    ReadSpelling(piece.subject(), kMaxEvidenceText, at + "subject", draft_);
    draft_.ReadText(piece.device(), kMaxEvidenceText, false, at + "device");
    draft_.ReadText(piece.reference(), kMaxEvidenceReference, false, at + "reference");
    ReadTime(piece, at, text);
    if (text.kind == pb::EVIDENCE_KIND_UNSPECIFIED) {
      draft_.Refuse(Refusal(Reason::kFieldRequired, at + "kind"));
    }
    return text;
  }

  // Source, and the kind that goes with it.
  void ReadSource(const v1::Evidence& piece, const std::string& at, EvidenceText& text) {
    text.source = piece.source();
    if (text.kind == pb::EVIDENCE_KIND_SERIAL && !brand_.empty() &&
        piece.source().size() <= kMaxEvidenceText &&
        (piece.source().empty() || CanonicalText(piece.source()) == CanonicalText(brand_))) {
      text.source = brand_;
      serial_of_brand_ = true;
      return;
    }
    ReadSpelling(piece.source(), kMaxEvidenceText, at + "source", draft_);
    if (set_ == nullptr || set_->sources.empty() || piece.source().empty()) {
      return;
    }
    if (const auto listed = set_->sources.find(text.source); listed != set_->sources.end()) {
      if (text.kind != pb::EVIDENCE_KIND_UNSPECIFIED && text.kind != listed->second) {
        Refuse(at + "kind", "the source's evidence is of another kind");
      }
      text.kind = listed->second;
      text.registered = true;
    } else if (!HasRecordsOfItsOwn(text.source)) {
      draft_.Refuse(Refusal(Reason::kUnknownSource, at + "source"));
      text.kind = pb::EVIDENCE_KIND_RECORD;  // whatever it is: that is said enough
    } else if (text.kind != pb::EVIDENCE_KIND_UNSPECIFIED &&
               text.kind != pb::EVIDENCE_KIND_RECORD) {
      Refuse(at + "kind", "a participant's own evidence is records");
    } else {
      text.kind = pb::EVIDENCE_KIND_RECORD;
      text.registered = true;
    }
  }

  // Orders are a merchant's or of the caller itself; no other participant's code tells records
  // apart.
  bool HasRecordsOfItsOwn(std::string_view code) const {
    const Participant* participant = draft_.registry().FindParticipant(code);
    return participant != nullptr &&
           (participant->kind == ParticipantKind::kMerchant ||
            participant->number == ParticipantNo(draft_.entry().caller()));
  }

  void ReadTime(const v1::Evidence& piece, const std::string& at, EvidenceText& text) {
    const bool moment = text.kind == pb::EVIDENCE_KIND_MOMENT;
    if (!piece.has_time()) {
      if (moment) {
        draft_.Refuse(Refusal(Reason::kFieldRequired, at + "time"));
      }
      return;
    }
    if (text.kind == pb::EVIDENCE_KIND_SERIAL) {
      Refuse(at + "time", "a serial number has none");
    }
    const LedgerTime time(draft_.ReadTime(true, piece.time(), true, at + "time"));
    if (moment && time.value() != 0 && ShanghaiDate(time) != date_) {
      Refuse(at + "time", "it is not on the date of the act");
    }
    text.seconds = piece.time().seconds();
  }

  // nullopt: it was destroyed, or is of a month whose acts are not taken any more; or refused.
  std::optional<signing::KeyedHash> KeyOfMonth(Month month) {
    const auto first = FirstOpenMonth(book_, ShanghaiDate(context_.engine.clock().Wall()));
    if (!first.has_value() || month < *first) {
      return std::nullopt;
    }
    auto key = context_.evidence_keys.OfMonth(month);
    if (!key.ok()) {
      spdlog::error("evidence_keys cannot be written: {}", key.status().ToString());
      draft_.Refuse(Refusal(Reason::kWritesStoppedDisk));
      return std::nullopt;
    }
    return *std::move(key);
  }

  void Add(ClaimScope scope, const signing::KeyedHash& key, std::string_view canonical) {
    std::string claim(1, static_cast<char>(scope));
    claim.append(key.Of({canonical}).view().substr(0, rules::kClaimHashBytes));
    if (std::find(out_.nullifiers().begin(), out_.nullifiers().end(), claim) !=
        out_.nullifiers().end()) {
      Refuse("act.evidence", "a piece is there twice");
    }
    out_.add_nullifiers(std::move(claim));
  }

  void ClaimAll() {
    if (time_.value() > context_.engine.clock().Wall().value() + kMicrosPerDay) {
      draft_.Refuse(Refusal(Reason::kActInFuture, "act_time"));
      return;
    }
    const auto of_month = KeyOfMonth(MonthOf(date_));
    if (!of_month.has_value()) {
      draft_.Refuse(Refusal(Reason::kActTooLate, "act_time"));
      return;
    }
    std::optional<signing::KeyedHash> of_other_month;
    const rules::OtherMonth other = rules::OtherMonthOf(date_);
    if (std::any_of(pieces_.begin(), pieces_.end(), [](const EvidenceText& text) {
          return text.kind == pb::EVIDENCE_KIND_RECORD;
        })) {
      of_other_month = KeyOfMonth(other.month);
    }
    for (const EvidenceText& text : pieces_) {
      const std::string canonical = CanonicalEvidence(text);
      switch (text.kind) {
        case pb::EVIDENCE_KIND_SERIAL:
          Add(ClaimScope::kForEver, context_.evidence_keys.ForEver(), canonical);
          break;
        case pb::EVIDENCE_KIND_MOMENT:
          Add(ClaimScope::kDate, *of_month, canonical);
          break;
        default:
          Add(ClaimScope::kMonth, *of_month, canonical);
          if (of_other_month.has_value()) {
            Add(other.scope, *of_other_month, canonical);
          }
      }
    }
    KeepApart();
  }

  // What serves others than the log: devices to watch, references to raw evidence.
  void KeepApart() {
    v1::GetEvidenceResponse references;
    bool any_reference = false;
    for (const v1::Evidence& piece : act_.evidence()) {
      if (!piece.device().empty() && draft_.device() == 0) {
        draft_.set_device(context_.secrets.ForDevice(CanonicalText(piece.source()),
                                                     CanonicalText(piece.device())));
      }
      references.add_references(piece.reference());
      any_reference = any_reference || !piece.reference().empty();
    }
    if (any_reference) {
      draft_.SealEvidence(references.SerializeAsString());
    }
  }

  const Context& context_;
  const v1::Act& act_;
  Draft& draft_;
  const rules::Rulebook& book_;
  pb::Earning& out_;
  const LedgerTime time_;
  const BusinessDate date_;
  const rules::RuleSet* const set_;
  const rules::Rule* const rule_;
  const std::string_view brand_;
  bool serial_of_brand_ = false;
  std::vector<EvidenceText> pieces_;
};

}  // namespace

void ReadSpelling(const std::string& text, std::size_t max, const std::string& field,
                  Draft& draft) {
  draft.ReadText(text, max, true, field);
  if (!text.empty() && text.size() <= max && CanonicalText(text).empty()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, field)
                     .With("problem", "nothing is left of it without spaces and dashes"));
  }
}

void ReadEvidence(const Context& context, const v1::Act& act, Draft& draft) {
  Reading(context, act, draft).Read();
}

}  // namespace tanhui::rpc
