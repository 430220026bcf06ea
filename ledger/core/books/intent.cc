// What of an entry was asked for, and what decide or the engine added: for requests that come
// again, and for audits that decide again.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <vector>

#include "ledger/core/ledger.h"

namespace tanhui {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// Of an act: what the rules say of it.
constexpr std::string_view kEarned[] = {
    "rules",        "points",       "grams",           "carry",     "gram_carry", "counted",
    "bonus_points", "bonus_budget", "expected_points", "household", "partner",    "carried"};

// Fields of bodies that decide or the engine fills in; the caller did not ask for them.
struct EffectRow {
  Entry::BodyCase body;  // BODY_NOT_SET: of any body but parts of documents
  std::string_view field;
};
constexpr EffectRow kEffects[] = {
    {Entry::BODY_NOT_SET, "number"},
    {Entry::BODY_NOT_SET, "account_id"},
    {Entry::BODY_NOT_SET, "uncounted"},
    {Entry::BODY_NOT_SET, "taken"},
    {Entry::BODY_NOT_SET, "forgiven"},
    {Entry::BODY_NOT_SET, "price"},
    {Entry::BODY_NOT_SET, "made_by"},
    {Entry::BODY_NOT_SET, "target_index"},
    {Entry::BODY_NOT_SET, "target_kind"},
    {Entry::BODY_NOT_SET, "target_micros"},
    {Entry::BODY_NOT_SET, "issuance_account"},
    {Entry::BODY_NOT_SET, "expiry_account"},
    {Entry::BODY_NOT_SET, "settling_account"},
    {Entry::BODY_NOT_SET, "paid_account"},
    {Entry::BODY_NOT_SET, "opening_account"},
    {Entry::kGoalReward, "budget"},
    {Entry::kGoalReward, "points"},
    {Entry::kReversal, "points"},
    {Entry::kBudgetReturn, "points"},
    {Entry::kUnitCreation, "account"},
    {Entry::kSettlementRun, "until"},
    {Entry::kSettlementLine, "claim"},
    {Entry::kSettlementLine, "fen"},
    {Entry::kSettlementStep, "fen"},
    {Entry::kSettlementStep, "merchant"},
    {Entry::kPeriodClosing, "lines"},
    {Entry::kPeriodClosing, "last_index"},
    {Entry::kCorrection, "revision"},
    {Entry::kCorrection, "now"},
    {Entry::kCorrection, "expiry_month"},
    {Entry::kCorrection, "change"},
    {Entry::kLoadClosing, "accounts"},
    {Entry::kLoadClosing, "points"},
    {Entry::kLoadClosing, "grams"},
    {Entry::kOpeningCredit, "account"},
    {Entry::kOpeningCredit, "points"},
    {Entry::kOpeningCredit, "load"},
    {Entry::kCampaignOpening, "stock_account"},
    {Entry::kCampaignReturn, "fen"},
    {Entry::kCouponApplication, "ordinal"},
    {Entry::kLotteryDraw, "applications"},
    {Entry::kCouponIssue, "valid_until_micros"},
    {Entry::kCouponIssue, "fen"},
    {Entry::kCouponIssue, "points"},
    {Entry::kCouponRedemption, "discount_fen"},
    {Entry::kCouponRedemption, "funded_fen"},
    {Entry::kCouponRedemption, "campaign"},
    {Entry::kCouponRedemption, "account"},
    {Entry::kCouponRefund, "goods_fen"},
    {Entry::kCouponRefund, "discount_fen"},
    {Entry::kCouponRefund, "coupon_back"},
    {Entry::kCouponRefund, "campaign"},
    {Entry::kCouponRefund, "undone"},
    {Entry::kCouponRevocation, "undone"},
    {Entry::kCouponReview, "campaign"},
    {Entry::kCouponReview, "undone"},
    {Entry::kCancellation, "coupon_undone"},
    {Entry::kPeerRegistration, "departed_account"},
    {Entry::kExchangePreparation, "terms"},
    {Entry::kExchangePreparation, "terms_hash"},
    {Entry::kExchangeDecision, "window"},
    {Entry::kExchangeDecision, "fen"},
    {Entry::kExchangeReturn, "prepared_on"},
    {Entry::kExchangeReception, "answer"},
    {Entry::kExchangeReception, "terms_hash"},
    {Entry::kExchangeConclusion, "price"},
    {Entry::kExchangeConclusion, "fen"},
    {Entry::kWindowStep, "owed_fen"},
    {Entry::kWindowStep, "due_fen"},
};

bool IsEffect(Entry::BodyCase body, std::string_view name) {
  if (body == Entry::kEarning) {
    return std::find(std::begin(kEarned), std::end(kEarned), name) != std::end(kEarned);
  }
  return body != Entry::kDocumentPart &&
         std::any_of(std::begin(kEffects), std::end(kEffects), [&](const EffectRow& row) {
           return (row.body == body || row.body == Entry::BODY_NOT_SET) && row.field == name;
         });
}

const Message* BodyOf(const Entry& entry) {
  const auto* oneof = Entry::descriptor()->FindOneofByName("body");
  const auto* field = Entry::GetReflection()->GetOneofFieldDescriptor(entry, oneof);
  return field == nullptr ? nullptr : &Entry::GetReflection()->GetMessage(entry, field);
}

// A body's field as the API calls it, where it calls it otherwise.
struct FieldName {
  Entry::BodyCase body;  // BODY_NOT_SET: of any body
  std::string_view field;
  std::string_view api;
};
constexpr FieldName kApiNames[] = {
    {Entry::kSchemeCreation, "code", "scheme_id"},
    {Entry::kParticipantCreation, "code", "participant_id"},
    {Entry::kAssetCreation, "code", "asset_id"},
    {Entry::kBudgetOpening, "code", "budget_id"},
    {Entry::kCampaignOpening, "code", "campaign_id"},
    {Entry::kAccountOpening, "owner_id", "owner"},
    {Entry::kAccountOpening, "kind", "merchant"},
    {Entry::kAccountOpening, "participant", "merchant"},
    {Entry::kTransfer, "from", "from_account"},
    {Entry::kTransfer, "to", "to_account"},
    {Entry::BODY_NOT_SET, "acting", "acting_account"},
    {Entry::kSettlementStep, "target", "line"},
    {Entry::BODY_NOT_SET, "target", "entry_index"},
    {Entry::kCouponLock, "deadline_micros", "deadline_time"},
    {Entry::BODY_NOT_SET, "deadline_micros", "deadline"},
    {Entry::kEarning, "scenario", "act.scenario"},
    {Entry::kEarning, "district", "act.district"},
    {Entry::kEarning, "quantity", "act.quantity"},
    {Entry::kEarning, "unit", "act.unit"},
    {Entry::kEarning, "seconds", "act.duration_seconds"},
    {Entry::kEarning, "nullifiers", "act.evidence"},
    {Entry::kEarning, "grade", "act.grade"},
    {Entry::kEarning, "weighing", "act.weighing"},
    {Entry::kEarning, "booking", "act.booking_entry_index"},
    {Entry::kEarning, "product", "act.product"},
    {Entry::kEarning, "material", "act.material"},
    {Entry::kEarning, "venue", "act.venue"},
    {Entry::kEarning, "party", "request_id"},
    {Entry::kEarning, "checked_in", "act.check_in_code"},
    {Entry::kEarning, "stations", "act.origin_station"},
    {Entry::kPublication, "size", "document"},
    {Entry::kPublication, "parts", "document"},
    {Entry::kPublication, "sha256", "document"},
    {Entry::kScenarioSwitch, "suspended", "request_id"},
    {Entry::kVenueCertificate, "withdrawn", "request_id"},
    {Entry::kDelisting, "kind", "request_id"},
    // Methods that share a body: another action is another request altogether.
    {Entry::kStatusChange, "status", "request_id"},
    {Entry::kHouseholdChange, "action", "request_id"},
    {Entry::kGuardianship, "action", "request_id"},
    {Entry::kUnitCreation, "code", "unit_id"},
    {Entry::kUnitCreation, "merchant", "parent"},
    {Entry::kUnitCreation, "level", "parent"},
    {Entry::kUnitChange, "unit", "name"},
    {Entry::kUnitChange, "merchant", "name"},
    {Entry::kSettlementStep, "action", "request_id"},
    {Entry::kLinkage, "step", "request_id"},
    {Entry::kLinkage, "account", "code"},
    {Entry::kLinkage, "kind", "code"},
    {Entry::kLinkage, "consent_micros", "consent_time"},
    {Entry::kCampaignChange, "action", "request_id"},
    {Entry::kCampaignChange, "issue_last_micros", "issue_last_time"},
    {Entry::kCampaignChange, "use_last_micros", "use_last_time"},
    {Entry::kCouponIssue, "application", "application_entry_index"},
    {Entry::kExchangePreparation, "kind", "request_id"},
    {Entry::kExchangePreparation, "expiry_micros", "expire_time"},
    {Entry::kExchangeDecision, "exchange_id", "exchange"},
    {Entry::kExchangeDecision, "outcome", "request_id"},
    {Entry::kPeerRegistration, "peer", "participant"},
    {Entry::kPeerRegistration, "log", "verifier_key"},
    {Entry::kPeerChange, "peer", "name"},
    {Entry::kPeerChange, "first_date", "terms.first_date"},
    {Entry::kPeerSuspension, "peer", "name"},
    {Entry::kPeerSuspension, "evidence", "evidence_entry_index"},
    {Entry::kPeerPrepayment, "peer", "name"},
    {Entry::kPeerPrepayment, "reference", "bank_reference"},
    {Entry::kRateAgreement, "peer", "name"},
    {Entry::kRateAgreement, "version", "notes"},
    {Entry::kRateAgreement, "first_date", "notes"},
    {Entry::kRateAgreement, "ours", "notes"},
    {Entry::kRateAgreement, "theirs", "notes"},
    {Entry::kRateAgreement, "note", "notes"},
};

std::string ApiName(Entry::BodyCase body, const std::string& field) {
  for (const FieldName& row : kApiNames) {
    if ((row.body == body || row.body == Entry::BODY_NOT_SET) && row.field == field) {
      return std::string(row.api);
    }
  }
  return field;
}

// The first field that the caller asked for and that differs; empty when none does. Bodies of one
// kind.
std::string DifferingBodyField(const Message& first, const Command& command) {
  const Message& again = *BodyOf(command.draft);
  for (int i = 0; i < again.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = again.GetDescriptor()->field(i);
    if (IsEffect(command.draft.body_case(), field->name()) ||
        (command.owner_drawn && field->name() == "owner_id")) {
      continue;
    }
    MessageDifferencer differencer;
    if (!differencer.CompareWithFields(first, again, {field}, {field})) {
      return ApiName(command.draft.body_case(), field->name());
    }
  }
  return {};
}

// A kind of body, and what ForgetEffects clears of it.
struct BodyEffects {
  const FieldDescriptor* body = nullptr;
  std::vector<const FieldDescriptor*> fields;
};

// By the kind's number: an audit asks for every entry.
std::vector<BodyEffects> AllEffects() {
  const auto* oneof = Entry::descriptor()->FindOneofByName("body");
  std::vector<BodyEffects> all;
  for (int i = 0; i < oneof->field_count(); ++i) {
    const FieldDescriptor* body = oneof->field(i);
    const auto number = static_cast<std::size_t>(body->number());
    all.resize(std::max(all.size(), number + 1));
    all[number].body = body;
    for (int j = 0; j < body->message_type()->field_count(); ++j) {
      const FieldDescriptor* field = body->message_type()->field(j);
      if (IsEffect(static_cast<Entry::BodyCase>(number), field->name()) &&
          field->name() != "account_id") {
        all[number].fields.push_back(field);
      }
    }
  }
  return all;
}

const BodyEffects& EffectsOf(Entry::BodyCase body) {
  static const std::vector<BodyEffects> all = AllEffects();
  return all[static_cast<std::size_t>(body)];
}

}  // namespace

bool BodyIsAsked(const Entry& entry) {
  return entry.body_case() != Entry::BODY_NOT_SET && !entry.has_tombstone() &&
         EffectsOf(entry.body_case()).fields.empty();
}

void ForgetEffects(Entry& entry) {
  entry.clear_format();
  entry.clear_recorded_micros();
  entry.clear_business_date();
  entry.clear_accounting_date();
  entry.clear_postings();
  if (entry.has_tombstone()) {
    const std::string target = entry.tombstone().target_request_id();
    entry.mutable_cancellation()->set_target_request_id(target);  // replaces the oneof
  }
  if (BodyIsAsked(entry) || entry.body_case() == Entry::BODY_NOT_SET) {
    return;
  }
  const BodyEffects& effects = EffectsOf(entry.body_case());
  Message& body = *Entry::GetReflection()->MutableMessage(&entry, effects.body);
  for (const FieldDescriptor* effect : effects.fields) {
    body.GetReflection()->ClearField(&body, effect);
  }
}

std::optional<std::string> ConflictingField(const Entry& first, const Command& again) {
  const Entry& draft = again.draft;
  const bool same_reference = first.reference_commitment() == draft.reference_commitment();
  if (first.request_digest() == draft.request_digest()) {
    return same_reference ? std::nullopt : std::optional<std::string>("reference");
  }
  // A cancellation of what never happened was stored as a tombstone; both name the target alike.
  if (draft.has_cancellation() && (first.has_cancellation() || first.has_tombstone())) {
    return "target_request_id";
  }
  if (first.body_case() != draft.body_case()) {
    return "request_id";
  }
  if (std::string field = DifferingBodyField(*BodyOf(first), again); !field.empty()) {
    return field;
  }
  if (first.act_micros() != draft.act_micros()) {
    return "act_time";
  }
  return "platform_user_id";  // the one thing that was asked for and that the log does not hold
}

}  // namespace tanhui
