// Schemes, participants, assets and budgets by number and by code. Small and rarely changed: it is
// shared as an immutable copy with every reader, and replaced when an entry adds to it.
#ifndef TANHUI_LEDGER_CORE_REGISTRY_H_
#define TANHUI_LEDGER_CORE_REGISTRY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/core/account.h"
#include "ledger/core/amount.h"
#include "ledger/core/books/registry_parts.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui {

// The numbers are those of tanhui.entry.v1.ParticipantKind.
enum class ParticipantKind : std::uint8_t {
  kPlatform = 1,
  kMerchant = 2,
  kSponsor = 3,
  kDistrict = 4,
  kOperator = 5,
  kCharity = 6,
  kCity = 7,
};

struct Scheme {
  SchemeNo number;
  std::string code;
  std::string display_name;
  std::uint32_t cutoff_minute = 0;  // 日切, minutes after Shanghai midnight
};

struct Participant {
  ParticipantNo number;
  std::string code;
  std::string display_name;
  ParticipantKind kind = ParticipantKind::kPlatform;
  std::string verifier_key = {};  // for documents that it signs (C2SP vkey); empty: none
};

// The numbers are those of tanhui.entry.v1.TransferPolicy and SpentReversal.
enum class TransferPolicy : std::uint8_t { kOff = 1, kHousehold = 2, kCapped = 3 };
enum class SpentReversal : std::uint8_t { kDebt = 1, kWriteOff = 2 };

// How the points of an asset behave; see ledger/points/POINTS.md. The values here are what an asset
// gets that says nothing.
struct Terms {
  std::uint32_t validity_months = 12;  // of a lot, after the act's month; 0: never expires
  std::uint32_t grace_days = 30;       // at least left to what comes back past its date
  TransferPolicy transfers = TransferPolicy::kOff;
  Amount transfer_daily_cap;  // of one giver a Shanghai day, when capped; 0: no cap
  bool credits_while_frozen = true;
  SpentReversal spent_reversal = SpentReversal::kDebt;
  std::uint32_t max_hold_days = 30;
  std::uint32_t max_members = 8;
  std::vector<std::uint32_t> notice_days = {};  // before a month's end; descending
  friend bool operator==(const Terms&, const Terms&) = default;
};

// The most that terms may say: a lot's month stays far from kNever, a household's record small.
inline constexpr std::uint32_t kMaxValidityMonths = 1'200;
inline constexpr std::uint32_t kMaxTermDays = 3'660;
inline constexpr std::uint32_t kMaxMembers = 64;

// Up to 4 numbers from 1 to 366, each smaller than the one before.
bool NoticeDaysCanBe(const std::vector<std::uint32_t>& days);

// As an entry holds them. Reading answers nullopt for what no writer made: a policy that is not
// stated, or a number over its limit.
entry::v1::Terms WriteTerms(const Terms& terms);
std::optional<Terms> ReadTerms(const entry::v1::Terms& terms);

struct Asset {
  AssetNo number;
  std::string code;
  std::string display_name;
  SchemeNo scheme;
  AccountNo issuance;
  Amount max_amount;  // of one request
  Terms terms;
  AccountNo expiry;  // takes what expires
  // In fen: only claims are held in it.
  bool money = false;
  AccountNo settling = {};  // of money: in settlement
  AccountNo paid = {};      // of money
  // For each number of days of the terms that notice was given by: the last month's end of it.
  std::vector<std::pair<std::uint32_t, Month>> noticed = {};
};

struct Budget {
  AccountNo account;
  std::string code;
  std::string display_name;
  ParticipantNo sponsor;
  AssetNo asset;
  // Of the acts that it pays for, both included; 0: no such limit.
  BusinessDate first_date;
  BusinessDate last_date;
  std::uint32_t return_days = 0;     // unused points go back so many days after last_date
  bool returns_at_year_end = false;  // unused points; otherwise they are carried over
};

// Parts of a document that stand at the end of the log and wait for its publication.
struct PendingDocument {
  std::string bytes;
  std::uint32_t parts = 0;
  EntryIndex next;  // where the next part or the publication must stand
};

// Rows are found by number (1-based, dense) or by code; nullptr when there is none. Pointers stay
// good until the next Add on the same object.
class Registry {
 public:
  const Scheme* Find(SchemeNo number) const;
  const Participant* Find(ParticipantNo number) const;
  const Asset* Find(AssetNo number) const;
  const Budget* FindBudget(AccountNo account) const;

  const Scheme* FindScheme(std::string_view code) const;
  const Participant* FindParticipant(std::string_view code) const;
  const Asset* FindAsset(std::string_view code) const;
  const Budget* FindBudget(std::string_view code) const;
  // The merchant's or charity's account in the asset; in money the merchant's claim.
  std::optional<AccountNo> FindMerchantAccount(ParticipantNo merchant, AssetNo asset) const;
  // Whose account that is, and in which asset; of units' accounts nothing.
  std::optional<std::pair<ParticipantNo, AssetNo>> FindMerchant(AccountNo account) const;

  // Name of this log, which the genesis entry tells; empty before it.
  const std::string& origin() const { return origin_; }
  void SetOrigin(std::string origin) { origin_ = std::move(origin); }

  // Numbers must be the next ones and codes new; Check otherwise.
  void Add(Scheme scheme);
  void Add(Participant participant);
  void Add(Asset asset);
  void Add(Budget budget);
  void SetTerms(AssetNo asset, const Terms& terms);
  void SetNoticed(AssetNo asset, std::uint32_t days, Month month);
  void SetVerifierKey(ParticipantNo participant, std::string verifier_key);
  void AddMerchantAccount(ParticipantNo merchant, AssetNo asset, AccountNo account);

  SchemeNo next_scheme() const;
  ParticipantNo next_participant() const;
  AssetNo next_asset() const;
  // What acts earn; null before the first document.
  const std::shared_ptr<const rules::Rulebook>& rulebook() const { return rulebook_; }
  // Null before the first unit, price or run; budget or month closed; load; campaign; peer.
  const std::shared_ptr<const claims::Terms>& claim_terms() const { return claim_terms_; }
  const std::shared_ptr<const periods::Calendar>& calendar() const { return calendar_; }
  const std::shared_ptr<const loads::Register>& loads() const { return loads_; }
  const std::shared_ptr<const coupons::Campaigns>& campaigns() const { return campaigns_; }
  const std::shared_ptr<const interop::Peers>& peers() const { return peers_; }
  // Each lets `change` change its part, which is copied first if another registry or reader shares
  // it: at most once a commit, and never while a registry is being rebuilt.
  template <typename Change>
  void ChangeRulebook(Change change) {
    ChangePart(rulebook_, change);
  }
  template <typename Change>
  void ChangeClaimTerms(Change change) {
    ChangePart(claim_terms_, change);
  }
  template <typename Change>
  void ChangeCalendar(Change change) {
    ChangePart(calendar_, change);
  }
  template <typename Change>
  void ChangeLoads(Change change) {
    ChangePart(loads_, change);
  }
  template <typename Change>
  void ChangeCampaigns(Change change) {
    ChangePart(campaigns_, change);
  }
  template <typename Change>
  void ChangePeers(Change change) {
    ChangePart(peers_, change);
  }

  const PendingDocument& pending_document() const { return pending_document_; }
  // Part 0 begins anew; entry `at` holds the part.
  void AddDocumentPart(EntryIndex at, std::uint32_t number, std::string_view data);
  void ClearPendingDocument() { pending_document_ = {}; }

  const std::vector<Asset>& assets() const { return assets_; }
  const std::vector<Budget>& budgets() const { return budgets_; }

 private:
  template <typename Part, typename Change>
  static void ChangePart(std::shared_ptr<const Part>& part, Change change) {
    std::shared_ptr<Part> own;
    if (part == nullptr) {
      own = std::make_shared<Part>();
    } else if (part.use_count() > 1) {
      own = std::make_shared<Part>(*part);
    } else {
      own = std::const_pointer_cast<Part>(part);  // made above, not const; nobody else holds it
    }
    change(*own);
    part = std::move(own);
  }
  using Codes = std::map<std::string, std::size_t, std::less<>>;
  std::string origin_;
  std::vector<Scheme> schemes_;
  std::vector<Participant> participants_;
  std::vector<Asset> assets_;
  std::vector<Budget> budgets_;
  Codes scheme_codes_;
  Codes participant_codes_;
  Codes asset_codes_;
  Codes budget_codes_;
  std::map<AccountNo, std::size_t> budget_accounts_;
  std::map<std::pair<ParticipantNo, AssetNo>, AccountNo> merchant_accounts_;
  std::map<AccountNo, std::pair<ParticipantNo, AssetNo>> merchants_;
  std::shared_ptr<const rules::Rulebook> rulebook_;
  std::shared_ptr<const claims::Terms> claim_terms_;
  std::shared_ptr<const periods::Calendar> calendar_;
  std::shared_ptr<const loads::Register> loads_;
  std::shared_ptr<const coupons::Campaigns> campaigns_;
  std::shared_ptr<const interop::Peers> peers_;
  PendingDocument pending_document_;
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_REGISTRY_H_
