// From a request's fields to a command: forms are checked, names resolved, digests made.
#ifndef TANHUI_SERVICES_RPC_DRAFT_H_
#define TANHUI_SERVICES_RPC_DRAFT_H_

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "ledger/core/book.h"
#include "ledger/core/refusal.h"
#include "ledger/core/registry.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"
#include "services/rpc/links/account_names.h"

namespace tanhui::rpc {

// Limits of texts, in bytes of UTF-8.
inline constexpr std::size_t kMaxCode = 40;
inline constexpr std::size_t kMaxWord = 32;
inline constexpr std::size_t kMaxUserId = 128;
inline constexpr std::size_t kMaxReference = 128;
inline constexpr std::size_t kMaxDisplayName = 80;
// The request id of a file record is this and the file's id.
inline constexpr std::string_view kFileIdPrefix = "file:";
// The request id of a part of a document or an order begins with this.
inline constexpr std::string_view kPartIdPrefix = "part:";
// An award's items, at most.
inline constexpr std::int64_t kMaxQuantity = 1'000'000;

// A command in the making. Every reader notes the first refusal in order of precedence and goes on,
// so that a request's fields can be read one after the other. One thread.
class Draft {
 public:
  // `registry` is one durable picture for the whole request.
  Draft(const Context& context, const Caller& caller, std::shared_ptr<const Registry> registry);

  Entry& entry() { return command_.draft; }
  const Registry& registry() const { return *registry_; }
  const Caller& caller() const { return caller_; }
  const std::optional<Refusal>& refusal() const { return refusal_; }
  void Refuse(Refusal refusal);

  // What every mutating request carries.
  void ReadRequestId(std::string_view text);
  // The request id of an import file, from a space of ids that no other request may use.
  void ReadFileId(std::string_view file_id);
  // The request id of a part of the document that the request `text` publishes, likewise.
  void ReadPartId(std::uint32_t number, std::string_view text);
  // Of a part of the order that the request `text` gives back, such as "points", likewise.
  void ReadPartId(std::string_view part, std::string_view text);
  // The request id of the second party of the act that the request `text` is about, likewise.
  void ReadPairId(std::string_view text);
  void ReadNotAfter(bool given, const google::protobuf::Timestamp& not_after);
  void ReadReference(std::string_view text, std::string_view field = "reference",
                     bool required = false);
  // kReferenceIsPersonal for what holds somebody's phone or identity number.
  void RefusePersonal(std::string_view text, std::string_view field);
  void ReadActTime(bool given, const google::protobuf::Timestamp& act_time);

  // Fields by form. A refusal names `field`.
  std::string ReadCode(std::string_view text, std::string_view field);
  // A scenario or a reason: 1 to kMaxWord of a-z, 0-9 and _.
  std::string ReadWord(std::string_view text, std::string_view field);
  std::string ReadText(std::string_view text, std::size_t max, bool required,
                       std::string_view field);
  std::int64_t ReadAmount(std::int64_t amount, std::string_view field);
  // From `least` to `most`; kFieldInvalid otherwise.
  std::int64_t ReadNumber(std::int64_t number, std::int64_t least, std::int64_t most,
                          std::string_view field);
  std::uint64_t ReadQuantity(std::uint64_t quantity, std::string_view field);
  // YYYY-MM-DD of Shanghai in days since 1970; 0 for an empty text unless it is required.
  std::int32_t ReadDate(const std::string& text, bool required, std::string_view field);
  std::int64_t ReadTime(bool given, const google::protobuf::Timestamp& time, bool required,
                        std::string_view field);
  // "holds/…" or an index: of an entry, never 0. Whether there is such an entry is decided later.
  std::uint64_t ReadHold(std::string_view name, std::string_view field);
  std::uint64_t ReadEntryIndex(std::uint64_t index, std::string_view field);
  std::string ReadTargetRequestId(std::string_view text, std::string_view field);

  // Names of the registry; nullptr when refused. kFieldRequired for an empty name.
  const Scheme* ReadScheme(std::string_view name, std::string_view field);
  const Participant* ReadParticipant(std::string_view name, std::string_view field);
  const Asset* ReadAsset(std::string_view name, std::string_view field);
  const Budget* ReadBudget(std::string_view name, std::string_view field);
  // A merchant's or charity's account in the asset, 0 when refused; a null asset was refused
  // before. The asset is asked for, not guessed: what a request means must not change between the
  // first try and a retry.
  std::uint64_t ReadMerchantAccount(std::string_view participant, const Asset* asset,
                                    std::string_view field);

  // Accounts are looked up together with those of the other drafts of a batch, by ResolveAccounts.
  using SetAccount = void (*)(Entry& entry, AccountNo number);
  void ReadAccount(std::string_view name, std::string_view field, SetAccount set,
                   NamedTo to = NamedTo::kAct);
  // The account of a user of the calling platform.
  void ReadPlatformUser(std::string_view user_id, AssetNo asset, SetAccount set);
  // Either the account's name, or the platform's own user id with the asset; not both, not neither.
  void ReadCitizen(std::string_view account, std::string_view user_id, const Asset* asset,
                   SetAccount set, NamedTo to = NamedTo::kAct);
  // Who acts for the account; an empty name: its owner.
  void ReadActing(std::string_view name, SetAccount set);
  // For an opening or a linkage: remembers the look-up key of the name that begins,
  void OpenForPlatformUser(std::string_view user_id, AssetNo asset,
                           std::string_view field = "platform_user_id");
  // or that ends.
  void EndPlatformUser(std::string_view user_id, AssetNo asset);

  // Keeps a text about the evidence of the earning, encrypted under a key of its citizen and kept
  // apart from the log.
  void SealEvidence(std::string text) { evidence_ = std::move(text); }

  // The caller's request of the booking that is weighed. Its entry is looked up together with those
  // of the other drafts of a batch, by ResolveBookings.
  void set_booking(RequestId booking) { booking_ = booking; }
  const std::optional<RequestId>& booking() const { return booking_; }

  // Stands for the device that recorded the act, for whoever watches for abuse; 0: none.
  void set_device(std::uint64_t device) { device_ = device; }
  std::uint64_t device() const { return device_; }

  // Runs at the end of Seal: adds what is not part of the caller's intent, such as random ids.
  using Complete = void (*)(Command& command);
  void CompleteWith(Complete complete) { complete_ = complete; }

  // Makes the digest and the commitment. The draft must not have been refused; call it when all
  // that the caller asked for is set and nothing else.
  void Seal();
  Command Take() { return std::move(command_); }

 private:
  friend absl::Status ResolveAccounts(const store::Store& store, std::vector<Draft>& drafts);
  struct Wanted {
    std::variant<NamedAccount, PlatformUserKey> key;
    std::string field;
    SetAccount set;
  };

  void SetRequestId(std::string_view text);

  const Context* context_;
  Caller caller_;
  std::shared_ptr<const Registry> registry_;
  Command command_;
  std::optional<RequestId> request_id_;
  std::string reference_;
  std::string evidence_;
  std::vector<Wanted> wanted_;
  Complete complete_ = nullptr;
  std::optional<RequestId> booking_;
  std::uint64_t device_ = 0;
  std::optional<Refusal> refusal_;
};

// Looks up every account that the drafts name, with one multi-get for each kind of name, and
// refuses those that do not exist with kUnknownAccount.
absl::Status ResolveAccounts(const store::Store& store, std::vector<Draft>& drafts);

// Where a sealed text about evidence belongs: the request that it came with.
std::string PlaceOfEvidence(const Entry& entry);

// "accounts/…" to its id; nullopt for any other form. And back.
std::optional<AccountId> ParseAccountName(std::string_view name);
std::string AccountName(const AccountId& id);
// "holds/…" to the index of the entry that made the hold; nullopt for any other form. And back.
std::optional<EntryIndex> ParseHoldName(std::string_view name);
std::string HoldName(EntryIndex index);
std::string Hex(std::string_view bytes);
// nullopt unless `text` is exactly 32 lower-case hexadecimal digits.
std::optional<std::string> ParseHex16(std::string_view text);

// nullopt for a time that a request may not name.
std::optional<LedgerTime> ParseTimestamp(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToTimestamp(LedgerTime time);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_DRAFT_H_
