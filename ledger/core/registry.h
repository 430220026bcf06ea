// Schemes, participants, assets and budgets by number and by code. Small and rarely changed: it is
// shared as an immutable copy with every reader, and replaced when an entry adds to it.
#ifndef TANHUI_LEDGER_CORE_REGISTRY_H_
#define TANHUI_LEDGER_CORE_REGISTRY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/account.h"
#include "ledger/core/amount.h"
#include "ledger/core/ids.h"

namespace tanhui {

// The numbers are those of tanhui.entry.v1.ParticipantKind.
enum class ParticipantKind : std::uint8_t {
  kPlatform = 1,
  kMerchant = 2,
  kSponsor = 3,
  kDistrict = 4,
  kOperator = 5,
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
};

struct Asset {
  AssetNo number;
  std::string code;
  std::string display_name;
  SchemeNo scheme;
  AccountNo issuance;
  Amount max_amount;  // of one request
  bool transfers_allowed = false;
};

struct Budget {
  AccountNo account;
  std::string code;
  std::string display_name;
  ParticipantNo sponsor;
  AssetNo asset;
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
  // The merchant's account in the asset.
  std::optional<AccountNo> FindMerchantAccount(ParticipantNo merchant, AssetNo asset) const;

  // Numbers must be the next ones and codes new; Check otherwise.
  void Add(Scheme scheme);
  void Add(Participant participant);
  void Add(Asset asset);
  void Add(Budget budget);
  void AddMerchantAccount(ParticipantNo merchant, AssetNo asset, AccountNo account);

  SchemeNo next_scheme() const;
  ParticipantNo next_participant() const;
  AssetNo next_asset() const;
  const std::vector<Asset>& assets() const { return assets_; }

 private:
  using Codes = std::map<std::string, std::size_t, std::less<>>;
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
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_REGISTRY_H_
