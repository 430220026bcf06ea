// Commands as a service would make them, in few words; `id` is the text of the request id.
#ifndef TANHUI_TESTS_LEDGER_CORE_COMMANDS_H_
#define TANHUI_TESTS_LEDGER_CORE_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/core/ledger.h"

namespace tanhui::world {

// The cast of World(Cast::kFull); see world.h.
inline constexpr ParticipantNo kOperator{1};
inline constexpr ParticipantNo kPlatform{2};  // the caller of a command unless By says otherwise
inline constexpr ParticipantNo kOtherPlatform{3};
inline constexpr ParticipantNo kMall{4};  // a merchant
inline constexpr ParticipantNo kSponsor{5};
inline constexpr ParticipantNo kDistrict{6};
inline constexpr ParticipantNo kKiosk{7};     // a merchant without accounts
inline constexpr SchemeNo kMidnight{1};       // its days end at midnight
inline constexpr SchemeNo kLateEvening{2};    // its days end at 23:00
inline constexpr AssetNo kPoints{1};          // of kMidnight, transfers without a cap
inline constexpr AssetNo kStamps{2};          // of kLateEvening, transfers off
inline constexpr std::int64_t kLimit = 1000;  // of one request, in both assets
inline constexpr AccountNo kIssuance{1};
inline constexpr AccountNo kExpiry{2};
inline constexpr AccountNo kStampIssuance{3};
inline constexpr AccountNo kStampExpiry{4};
inline constexpr AccountNo kAlice{5};
inline constexpr AccountNo kBob{6};
inline constexpr AccountNo kStampAlice{7};
inline constexpr AccountNo kStampBob{8};
inline constexpr AccountNo kShop{9};  // of kMall
inline constexpr AccountNo kStampShop{10};
inline constexpr AccountNo kBudget{11};  // of kSponsor
inline constexpr AccountNo kStampBudget{12};
inline constexpr AccountNo kNextAccount{13};

// 2024-02-28 10:00:00 in Shanghai.
inline constexpr LedgerTime kStart{1'709'085'600 * kMicrosPerSecond};

// --- registration ---
// The terms that an asset gets that says nothing, with other transfers.
Terms Transfers(TransferPolicy policy, std::int64_t daily_cap = 0);
Command CreateScheme(std::string_view id, std::string_view code, std::uint32_t cutoff_minute = 0);
Command CreateParticipant(std::string_view id, std::string_view code, ParticipantKind kind);
Command CreateAsset(std::string_view id, std::string_view code, SchemeNo scheme,
                    std::int64_t max_amount = kLimit,
                    const Terms& terms = Transfers(TransferPolicy::kCapped));
Command SetTerms(std::string_view id, AssetNo asset, const Terms& terms);
// `owner` is a letter that stands for 16 bytes; without it a new owner is drawn.
Command OpenCitizen(std::string_view id, AssetNo asset, std::optional<char> owner = std::nullopt);
Command OpenMinor(std::string_view id, AssetNo asset);
Command OpenMerchant(std::string_view id, AssetNo asset, ParticipantNo merchant);
Command OpenCharity(std::string_view id, AssetNo asset, ParticipantNo charity);

// --- budgets ---
Command OpenBudget(std::string_view id, std::string_view code, ParticipantNo sponsor,
                   AssetNo asset);
// Of acts from `first` to `last`; what is unused goes back `return_days` after `last`.
Command OpenDatedBudget(std::string_view id, std::string_view code, BusinessDate first,
                        BusinessDate last, std::uint32_t return_days = 0);
Command Fund(std::string_view id, AccountNo budget, std::int64_t points);
Command ReturnBudget(std::string_view id, AccountNo budget);

// --- points of a citizen ---
Command Award(std::string_view id, AccountNo account, AccountNo budget, std::int64_t points,
              std::string_view scenario = "metro_ride");
Command Redeem(std::string_view id, AccountNo account, AccountNo merchant, std::int64_t points,
               AccountNo acting = AccountNo(0));
Command Transfer(std::string_view id, AccountNo from, AccountNo to, std::int64_t points);
Command Donate(std::string_view id, AccountNo account, AccountNo charity, std::int64_t points,
               AccountNo acting = AccountNo(0));
Command HoldPoints(std::string_view id, AccountNo account, AccountNo merchant, std::int64_t points,
                   LedgerTime deadline, AccountNo acting = AccountNo(0));
Command Capture(std::string_view id, std::uint64_t hold, std::int64_t points);
Command Release(std::string_view id, std::uint64_t hold);
Command Refund(std::string_view id, std::uint64_t target, std::int64_t points);
Command Reverse(std::string_view id, std::uint64_t target, std::uint64_t quantity = 1,
                std::string_view reason = "goods_returned");
Command Cancel(std::string_view id, std::string_view target);

// --- accounts ---
Command SetStatus(std::string_view id, AccountNo account, AccountStatus status,
                  std::string_view reason = "test");
Command Close(std::string_view id, AccountNo account, bool forfeit = false,
              std::string_view reason = "owner_asked");
Command Merge(std::string_view id, AccountNo from, AccountNo into);
Command Guardian(std::string_view id, AccountNo account, AccountNo guardian,
                 entry::v1::GuardianAction action);
Command Consent(std::string_view id, AccountNo account, AccountNo guardian);
Command HandOver(std::string_view id, AccountNo account);

// --- households ---
Command OpenHousehold(std::string_view id, AssetNo asset, AccountNo head);
Command ChangeHousehold(std::string_view id, AccountNo household, AccountNo member,
                        entry::v1::HouseholdAction action, AccountNo acting,
                        std::int64_t daily_limit = 0);
Command Invite(std::string_view id, AccountNo household, AccountNo member, AccountNo head,
               std::int64_t daily_limit);
Command Accept(std::string_view id, AccountNo household, AccountNo member);
Command Leave(std::string_view id, AccountNo household, AccountNo member);
Command Contribute(std::string_view id, AccountNo household, AccountNo member, std::int64_t points);

Command RecordFile(std::string_view file_id, std::string_view supersedes = {});

// --- the same command with something else ---
Command By(Command command, ParticipantNo caller);
Command Privileged(Command command);  // asked by an operator
Command ActAt(Command command, LedgerTime act);
Command NotAfter(Command command, LedgerTime last);
// A letter stands for 32 bytes; without one there is no such user.
Command Linkage(std::string_view id, AccountNo account, entry::v1::LinkStep step, char user,
                char former = '\0');
Command ForUser(Command command, char user);  // a letter stands for 32 bytes
Command WithReference(Command command, std::string_view text);
Command WithItems(Command award, std::uint64_t quantity);
Command WithGrams(Command award, std::int64_t grams);

// SHA-256, and the digest and commitment that ENTRY.md describes.
std::string Sha256(std::string_view text);
std::string RequestDigest(const Command& command);
std::string ReferenceCommitment(const Command& command);
std::string ToHex(std::string_view bytes);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_CORE_COMMANDS_H_
