#include "services/rpc/entry_view.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/peers.h"
#include "ledger/core/books/entry_target.h"
#include "ledger/core/request_id.h"
#include "ledger/coupons/campaigns.h"
#include "ledger/rules/rulebook.h"
#include "services/rpc/draft.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/coupons/campaign_names.h"
#include "services/rpc/services/exchange/peer_names.h"

namespace tanhui::rpc {
namespace {

std::string RequestIdText(const Entry& entry) {
  const auto id = RequestId::FromStored(entry.request_id());
  return id.has_value() ? id->text() : std::string();
}

// Why, of entries that say so.
std::string ReasonOf(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kReversal:
      return entry.reversal().reason();
    case Entry::kCorrection:
      return entry.correction().reason();
    case Entry::kStatusChange:
      return entry.status_change().reason();
    case Entry::kAward:
      return entry.award().reason();
    case Entry::kScenarioSwitch:
      return entry.scenario_switch().reason();
    case Entry::kDelisting:
      return entry.delisting().reason();
    case Entry::kLinkage:
      return entry.linkage().reason();
    case Entry::kUnitChange:
      return entry.unit_change().reason();
    case Entry::kSettlementPrice:
      return entry.settlement_price().reason();
    case Entry::kSettlementStep:
      return entry.settlement_step().reason();
    case Entry::kCampaignChange:
      return entry.campaign_change().reason();
    case Entry::kCouponRevocation:
      return entry.coupon_revocation().reason();
    case Entry::kCouponReview:
      return entry.coupon_review().reason();
    case Entry::kPeerSuspension:
      return entry.peer_suspension().reason();
    case Entry::kPeerEvidence:
      return entry.peer_evidence().shows();
    case Entry::kExchangeDecision:
      return entry.exchange_decision().reason();
    default:
      return entry.closing().reason();
  }
}

void FillLotChange(const Registry& registry, const entry::v1::LotPart& part, v1::LotChange& out) {
  out.set_expiry_date(ExpiryDate(Month(static_cast<std::uint16_t>(part.expiry_month()))));
  out.set_funder(ParticipantName(registry, ParticipantNo(part.funder())));
  if (const Scheme* scheme = registry.Find(SchemeNo(part.scheme()))) {
    out.set_scheme("schemes/" + scheme->code);
  }
  out.set_points(part.points());
  out.set_grams(part.grams());
}

// What stands behind assets/{asset} for an account that the asset itself has; nullopt for others.
std::optional<std::string_view> SuffixOf(AccountKind kind) {
  switch (kind) {
    case AccountKind::kIssuance:
      return "";
    case AccountKind::kExpiry:
      return "/expiry";
    case AccountKind::kSettling:
      return "/settling";
    case AccountKind::kPaid:
      return "/paid";
    case AccountKind::kOpening:
      return "/opening";
    default:
      return std::nullopt;
  }
}

// campaigns/{campaign}/stock and the other three; empty when it is of no campaign.
std::string CampaignAccountName(const Registry& registry, AccountNo number) {
  static constexpr std::array<const char*, coupons::kCampaignAccounts> kNames = {
      "/stock", "/coupons", "/review", "/rest"};
  const coupons::Campaign* campaign = coupons::CampaignsOf(registry).FindByAccount(number);
  return campaign == nullptr ? std::string()
                             : CampaignName(*campaign).append(
                                   kNames[number.value() - campaign->stock_account.value()]);
}

// peers/{peer}/departed and the other three; empty when it is of no peer.
std::string PeerAccountName(const Registry& registry, AccountNo number) {
  static constexpr std::array<const char*, interop::kPeerAccounts> kNames = {
      "/departed", "/arrived", "/leaving", "/coming"};
  const interop::Peer* peer = interop::PeersOf(registry).FindByAccount(number);
  return peer == nullptr
             ? std::string()
             : PeerName(*peer).append(kNames[number.value() - peer->departed_account.value()]);
}

// accounts/…, budgets/…, campaigns/…, peers/…, or assets/… for an account that an asset itself has.
std::string NameOf(const Context& context, const Registry& registry, const Caller& caller,
                   AccountNo number, const Account& account) {
  if (account.kind == AccountKind::kBudget) {
    const Budget* budget = registry.FindBudget(number);
    return budget == nullptr ? std::string() : "budgets/" + budget->code;
  }
  if (account.kind == AccountKind::kCampaign) {
    return CampaignAccountName(registry, number);
  }
  if (account.kind == AccountKind::kPeer) {
    return PeerAccountName(registry, number);
  }
  if (const auto suffix = SuffixOf(account.kind)) {
    const Asset* asset = registry.Find(account.asset);
    return asset == nullptr ? std::string()
                            : absl::StrCat("assets/", asset->code, std::string(*suffix));
  }
  return AccountName(context, caller, account);
}

}  // namespace

// The API numbers the kinds as the log numbers their bodies.
constexpr int KindAt(Entry::BodyCase body) {
  return static_cast<int>(body) - Entry::kGenesis + v1::ENTRY_KIND_GENESIS;
}
static_assert(KindAt(Entry::kGenesis) == v1::ENTRY_KIND_GENESIS);
static_assert(KindAt(Entry::kSchemeCreation) == v1::ENTRY_KIND_SCHEME_CREATION);
static_assert(KindAt(Entry::kParticipantCreation) == v1::ENTRY_KIND_PARTICIPANT_CREATION);
static_assert(KindAt(Entry::kAssetCreation) == v1::ENTRY_KIND_ASSET_CREATION);
static_assert(KindAt(Entry::kAccountOpening) == v1::ENTRY_KIND_ACCOUNT_OPENING);
static_assert(KindAt(Entry::kBudgetOpening) == v1::ENTRY_KIND_BUDGET_OPENING);
static_assert(KindAt(Entry::kFunding) == v1::ENTRY_KIND_FUNDING);
static_assert(KindAt(Entry::kAward) == v1::ENTRY_KIND_AWARD);
static_assert(KindAt(Entry::kRedemption) == v1::ENTRY_KIND_REDEMPTION);
static_assert(KindAt(Entry::kTransfer) == v1::ENTRY_KIND_TRANSFER);
static_assert(KindAt(Entry::kCancellation) == v1::ENTRY_KIND_CANCELLATION);
static_assert(KindAt(Entry::kTombstone) == v1::ENTRY_KIND_TOMBSTONE);
static_assert(KindAt(Entry::kFileRecord) == v1::ENTRY_KIND_FILE_RECORD);
static_assert(KindAt(Entry::kTermsChange) == v1::ENTRY_KIND_TERMS_CHANGE);
static_assert(KindAt(Entry::kHold) == v1::ENTRY_KIND_HOLD);
static_assert(KindAt(Entry::kCapture) == v1::ENTRY_KIND_CAPTURE);
static_assert(KindAt(Entry::kRelease) == v1::ENTRY_KIND_RELEASE);
static_assert(KindAt(Entry::kExpiry) == v1::ENTRY_KIND_EXPIRY);
static_assert(KindAt(Entry::kRefund) == v1::ENTRY_KIND_REFUND);
static_assert(KindAt(Entry::kReversal) == v1::ENTRY_KIND_REVERSAL);
static_assert(KindAt(Entry::kStatusChange) == v1::ENTRY_KIND_STATUS_CHANGE);
static_assert(KindAt(Entry::kClosing) == v1::ENTRY_KIND_CLOSING);
static_assert(KindAt(Entry::kMerge) == v1::ENTRY_KIND_MERGE);
static_assert(KindAt(Entry::kBudgetReturn) == v1::ENTRY_KIND_BUDGET_RETURN);
static_assert(KindAt(Entry::kDonation) == v1::ENTRY_KIND_DONATION);
static_assert(KindAt(Entry::kHouseholdOpening) == v1::ENTRY_KIND_HOUSEHOLD_OPENING);
static_assert(KindAt(Entry::kHouseholdChange) == v1::ENTRY_KIND_HOUSEHOLD_CHANGE);
static_assert(KindAt(Entry::kContribution) == v1::ENTRY_KIND_CONTRIBUTION);
static_assert(KindAt(Entry::kGuardianship) == v1::ENTRY_KIND_GUARDIANSHIP);
static_assert(KindAt(Entry::kDocumentPart) == v1::ENTRY_KIND_DOCUMENT_PART);
static_assert(KindAt(Entry::kPublication) == v1::ENTRY_KIND_PUBLICATION);
static_assert(KindAt(Entry::kScenarioSwitch) == v1::ENTRY_KIND_SCENARIO_SWITCH);
static_assert(KindAt(Entry::kVenueCertificate) == v1::ENTRY_KIND_VENUE_CERTIFICATE);
static_assert(KindAt(Entry::kDelisting) == v1::ENTRY_KIND_DELISTING);
static_assert(KindAt(Entry::kEarning) == v1::ENTRY_KIND_EARNING);
static_assert(KindAt(Entry::kPublisherKey) == v1::ENTRY_KIND_PUBLISHER_KEY);
static_assert(KindAt(Entry::kGoalReward) == v1::ENTRY_KIND_GOAL_REWARD);
static_assert(KindAt(Entry::kUnitCreation) == v1::ENTRY_KIND_UNIT_CREATION);
static_assert(KindAt(Entry::kCorrection) == v1::ENTRY_KIND_CORRECTION);
static_assert(KindAt(Entry::kLinkage) == v1::ENTRY_KIND_LINKAGE);
static_assert(KindAt(Entry::kCampaignOpening) == v1::ENTRY_KIND_CAMPAIGN_OPENING);
static_assert(KindAt(Entry::kCouponIssue) == v1::ENTRY_KIND_COUPON_ISSUE);
static_assert(KindAt(Entry::kCouponReview) == v1::ENTRY_KIND_COUPON_REVIEW);
static_assert(KindAt(Entry::kPeerRegistration) == v1::ENTRY_KIND_PEER_REGISTRATION);
static_assert(KindAt(Entry::kWindowStep) == v1::ENTRY_KIND_WINDOW_STEP);

v1::EntryKind KindOf(const Entry& entry) {
  const int kind = KindAt(entry.body_case());
  return v1::EntryKind_IsValid(kind) ? static_cast<v1::EntryKind>(kind)
                                     : v1::ENTRY_KIND_UNSPECIFIED;
}

std::string ScenarioOf(const Registry& registry, const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kEarning:
      return std::string(
          rules::RulebookOf(registry).scenarios().NameOf(entry.earning().scenario()));
    case Entry::kCorrection:
      return std::string(
          rules::RulebookOf(registry).scenarios().NameOf(entry.correction().now().scenario()));
    case Entry::kScenarioSwitch:
      return entry.scenario_switch().scenario();
    default:
      return entry.award().scenario();
  }
}

std::string ParticipantName(const Registry& registry, ParticipantNo number) {
  const Participant* participant = registry.Find(number);
  return participant == nullptr ? std::string() : "participants/" + participant->code;
}

std::string ExpiryDate(Month month) {
  return month == kNever ? std::string() : FormatDate(LastDayOf(month));
}

bool MaySee(const Caller& caller, const Entry& entry) {
  return caller.roles.Has(Role::kAuditor) || entry.caller() == caller.number.value();
}

void FillAccountEntry(const Registry& registry, const Entry& entry, EntryIndex index,
                      const entry::v1::Posting& posting, const Caller& caller,
                      v1::AccountEntry& out) {
  out.set_index(index.value());
  out.set_kind(KindOf(entry));
  out.set_amount(posting.amount());
  out.set_balance_after(posting.balance_after());
  out.set_available_after(AvailableAfter(posting));
  out.set_held_after(posting.held_after());
  out.set_debt_after(posting.debt_after());
  for (const entry::v1::LotPart& part : posting.lots()) {
    FillLotChange(registry, part, *out.add_lots());
  }
  out.set_scenario(ScenarioOf(registry, entry));
  out.set_reason(ReasonOf(entry));
  out.set_business_date(FormatDate(BusinessDate(entry.business_date())));
  *out.mutable_record_time() = ToTimestamp(LedgerTime(entry.recorded_micros()));
  if (entry.caller() == caller.number.value()) {
    out.set_request_id(RequestIdText(entry));
  }
}

absl::Status FillLogEntry(const Context& context, const Entry& entry, EntryIndex index,
                          const Caller& caller, v1::LogEntry& out) {
  const auto registry = context.engine.registry();
  out.set_index(index.value());
  out.set_kind(KindOf(entry));
  out.set_caller(ParticipantName(*registry, ParticipantNo(entry.caller())));
  out.set_request_id(RequestIdText(entry));
  out.set_scenario(ScenarioOf(*registry, entry));
  out.set_reason(ReasonOf(entry));
  out.set_revision(entry.correction().revision());
  if (const auto target = TargetOf(entry)) {
    out.set_target_index(target->value());
  }
  out.set_business_date(FormatDate(BusinessDate(entry.business_date())));
  out.set_accounting_date(FormatDate(BusinessDate(entry.accounting_date())));
  *out.mutable_record_time() = ToTimestamp(LedgerTime(entry.recorded_micros()));
  std::vector<AccountNo> numbers;
  for (const entry::v1::Posting& posting : entry.postings()) {
    numbers.emplace_back(posting.account());
  }
  const auto accounts = context.engine.store().ReadAccounts(numbers);
  if (!accounts.ok()) {
    return accounts.status();
  }
  for (int i = 0; i < entry.postings_size(); ++i) {
    const auto& account = (*accounts)[static_cast<std::size_t>(i)];
    v1::EntryPosting& posting = *out.add_postings();
    posting.set_number(entry.postings(i).account());
    posting.set_amount(entry.postings(i).amount());
    posting.set_balance_after(entry.postings(i).balance_after());
    posting.set_held_after(entry.postings(i).held_after());
    posting.set_debt_after(entry.postings(i).debt_after());
    if (account.has_value()) {
      posting.set_account(
          NameOf(context, *registry, caller, AccountNo(posting.number()), *account));
    }
  }
  if (entry.caller() == caller.number.value() && !entry.reference_commitment().empty()) {
    auto reference = context.engine.store().ReadReference(index);
    if (reference.ok()) {
      out.set_reference(*std::move(reference));
    } else if (!absl::IsNotFound(reference.status())) {
      return reference.status();
    }
  }
  return absl::OkStatus();
}

std::int32_t PageSize(std::int32_t asked) {
  return asked == 0 ? kDefaultPage : std::min(asked, kMaxPage);
}

}  // namespace tanhui::rpc
