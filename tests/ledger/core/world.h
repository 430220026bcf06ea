// A small ledger in memory, under test: the core, the points book and a fixed cast of accounts. It
// does what the sequencer does around decide and apply (digests, drawn ids, the answer to a
// request that came before) in the plainest way, and nothing durable.
#ifndef TANHUI_TESTS_LEDGER_CORE_WORLD_H_
#define TANHUI_TESTS_LEDGER_CORE_WORLD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/ledger.h"

namespace tanhui::world {

// The cast of World(Cast::kFull).
inline constexpr ParticipantNo kOperator{1};
inline constexpr ParticipantNo kPlatform{2};  // the caller of a command unless By says otherwise
inline constexpr ParticipantNo kOtherPlatform{3};
inline constexpr ParticipantNo kMall{4};  // a merchant
inline constexpr ParticipantNo kSponsor{5};
inline constexpr ParticipantNo kDistrict{6};
inline constexpr ParticipantNo kKiosk{7};     // a merchant without accounts
inline constexpr SchemeNo kMidnight{1};       // its days end at midnight
inline constexpr SchemeNo kLateEvening{2};    // its days end at 23:00
inline constexpr AssetNo kPoints{1};          // of kMidnight, transfers allowed
inline constexpr AssetNo kStamps{2};          // of kLateEvening, transfers off
inline constexpr std::int64_t kLimit = 1000;  // of one request, in both assets
inline constexpr AccountNo kIssuance{1};
inline constexpr AccountNo kStampIssuance{2};
inline constexpr AccountNo kAlice{3};
inline constexpr AccountNo kBob{4};
inline constexpr AccountNo kStampAlice{5};
inline constexpr AccountNo kStampBob{6};
inline constexpr AccountNo kShop{7};  // of kMall
inline constexpr AccountNo kStampShop{8};
inline constexpr AccountNo kBudget{9};
inline constexpr AccountNo kStampBudget{10};
inline constexpr AccountNo kNextAccount{11};

// 2024-02-28 10:00:00 in Shanghai.
inline constexpr LedgerTime kStart{1'709'085'600 * kMicrosPerSecond};

// --- commands, as a service would make them; `id` is the request id's text ---
Command CreateScheme(std::string_view id, std::string_view code, std::uint32_t cutoff_minute = 0);
Command CreateParticipant(std::string_view id, std::string_view code, ParticipantKind kind);
Command CreateAsset(std::string_view id, std::string_view code, SchemeNo scheme,
                    std::int64_t max_amount = kLimit, bool transfers_allowed = true);
// `owner` is a letter that stands for 16 bytes; without it a new owner is drawn.
Command OpenCitizen(std::string_view id, AssetNo asset, std::optional<char> owner = std::nullopt);
Command OpenMerchant(std::string_view id, AssetNo asset, ParticipantNo merchant);
Command OpenBudget(std::string_view id, std::string_view code, ParticipantNo sponsor,
                   AssetNo asset);
Command Fund(std::string_view id, AccountNo budget, std::int64_t points);
Command Award(std::string_view id, AccountNo account, AccountNo budget, std::int64_t points,
              std::string_view scenario = "metro_ride");
Command Redeem(std::string_view id, AccountNo account, AccountNo merchant, std::int64_t points);
Command Transfer(std::string_view id, AccountNo from, AccountNo to, std::int64_t points);
Command Cancel(std::string_view id, std::string_view target);
Command RecordFile(std::string_view file_id, std::string_view supersedes = {});

// --- the same command with something else ---
Command By(Command command, ParticipantNo caller);
Command ActAt(Command command, LedgerTime act);
Command NotAfter(Command command, LedgerTime last);
Command ForUser(Command command, char user);  // a letter stands for 32 bytes
Command WithReference(Command command, std::string_view text);

// SHA-256, and the digest and commitment that ENTRY.md describes.
std::string Sha256(std::string_view text);
std::string RequestDigest(const Command& command);
std::string ReferenceCommitment(const Command& command);
std::string ToHex(std::string_view bytes);

// A decision in words, for tables of expected outcomes:
//   OK                                accepted
//   REASON field key=value ...        refused
//   SEEN 5                            came before, made entry 5
//   SEEN 5 CANCELLED 6                the same, and entry 6 undid it
//   SEEN 5 OTHER points               came before with other points
//   BLOCKED 7                         tombstone 7 blocks it
std::string Text(const Refusal& refusal);

enum class Cast : std::uint8_t {
  kEmpty,  // genesis and operator
  kFull,   // the accounts above
};

class World {
 public:
  explicit World(Cast cast = Cast::kFull);

  // The command with its digest, its commitment and the ids that are drawn for it.
  Command Complete(Command command) const;
  // Decides a completed command at now() on this state.
  Decision DecideOn(const State& state, const Command& completed) const;
  Decision Decide(const Command& command) const { return DecideOn(state_, Complete(command)); }
  // Decides and applies; the outcome in words.
  std::string Ask(const Command& command) { return AskCompleted(Complete(command)); }
  std::string AskCompleted(const Command& completed);
  // Applies any entry; aborts on a fault.
  void Take(Entry entry);
  // The fault that applying the entry to a copy finds; "OK" when there is none.
  std::string FaultOf(const Entry& entry) const;

  const Ledger& ledger() const { return ledger_; }
  const State& state() const { return state_; }
  State& mutable_state() { return state_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const Entry& last() const { return entries_.back(); }
  LedgerTime now() const { return now_; }
  void Wait(std::int64_t micros) { now_ = LedgerTime(now_.value() + micros); }

  std::int64_t BalanceOf(AccountNo number) const;
  // Sets a balance out of nothing: the sum is then no longer zero.
  void SetBalance(AccountNo number, std::int64_t units);
  std::optional<RequestRecord> Find(std::string_view id, ParticipantNo caller = kPlatform) const;

  void BeginTrial();
  void KeepTrial() { state_.KeepTrial(); }
  void UndoTrial();  // forgets the entries, too

 private:
  std::string SeenText(const RequestRecord& record, const Command& command) const;

  Ledger ledger_;
  State state_;
  std::vector<Entry> entries_;
  std::size_t trial_start_ = 0;
  LedgerTime now_ = kStart;
  mutable std::uint64_t drawn_ = 0;
};

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_CORE_WORLD_H_
