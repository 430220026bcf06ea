#include "services/rpc/draft.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "ledger/core/octets/hex_digit.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/sealed_text.h"
#include "services/rpc/personal/personal_text.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kDigestDomain = "tanhui.request.v1\n";
constexpr std::int64_t kDefaultLifeMicros = kMicrosPerDay;

bool IsCode(std::string_view text, bool dash) {
  return std::all_of(text.begin(), text.end(), [dash](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (dash && c == '-');
  });
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

Draft::Draft(const Context& context, const Caller& caller, std::shared_ptr<const Registry> registry)
    : context_(&context), caller_(caller), registry_(std::move(registry)) {
  command_.draft.set_caller(caller.number.value());
  command_.privileged = caller.roles.Has(Role::kAdmin);
}

void Draft::Refuse(Refusal refusal) {
  if (!refusal_.has_value() || refusal.reason < refusal_->reason) {
    refusal_ = std::move(refusal);
  }
}

void Draft::ReadRequestId(std::string_view text) {
  for (const auto& [prefix, owner] :
       {std::pair(kFileIdPrefix, "ids that begin with file: belong to import files"),
        std::pair(kPartIdPrefix, "ids that begin with part: belong to parts of something larger"),
        std::pair(kPairIdPrefix, "ids that begin with pair: belong to second parties")}) {
    if (text.starts_with(prefix)) {
      Refuse(Refusal(Reason::kFieldInvalid, "request_id").With("problem", owner));
    }
  }
  if (caller_.roles.Has(Role::kCity)) {
    for (const std::string_view step :
         {"decide-", "return-", "receive-", "conclude-", "window-", "evidence-"}) {
      if (text.starts_with(step)) {
        Refuse(Refusal(Reason::kFieldInvalid, "request_id")
                   .With("problem", "ids that begin so belong to steps between cities"));
      }
    }
  }
  SetRequestId(text);
}

void Draft::ReadPairId(std::string_view text) {
  if (text.size() > RequestId::kMaxText - kPairIdPrefix.size()) {
    Refuse(
        Refusal(Reason::kFieldTooLong, "request_id")
            .With("limit", static_cast<std::int64_t>(RequestId::kMaxText - kPairIdPrefix.size())));
  }
  SetRequestId(std::string(kPairIdPrefix).append(text.substr(0, RequestId::kMaxText)));
}

void Draft::ReadPartId(std::uint32_t number, std::string_view text) {
  ReadPartId(std::to_string(number), text);
}

void Draft::ReadPartId(std::string_view part, std::string_view text) {
  const auto id = RequestId::FromText(text);
  if (!id.has_value()) {
    ReadRequestId(text);  // says what is wrong with it
    return;
  }
  constexpr std::size_t kHashDigits = 40;
  const std::string caller = std::to_string(caller_.number.value()) + ":";
  const std::string hash = Hex(merkle::Sha256({caller, id->stored()}).view());
  SetRequestId(std::string(kPartIdPrefix).append(part) + ":" + hash.substr(0, kHashDigits));
}

void Draft::ReadFileId(std::string_view file_id) {
  SetRequestId(std::string(kFileIdPrefix).append(file_id));
}

void Draft::SetRequestId(std::string_view text) {
  if (HasControl(text)) {
    Refuse(Refusal(Reason::kFieldInvalid, "request_id")
               .With("problem", "control characters are not allowed"));
  }
  request_id_ = RequestId::FromText(text);
  if (!request_id_.has_value()) {
    Refuse(text.empty() ? Refusal(Reason::kFieldRequired, "request_id")
                        : Refusal(Reason::kFieldTooLong, "request_id")
                              .With("limit", static_cast<std::int64_t>(RequestId::kMaxText)));
    return;
  }
  command_.draft.set_request_id(std::string(request_id_->stored()));
}

void Draft::ReadNotAfter(bool given, const google::protobuf::Timestamp& not_after) {
  if (given) {
    command_.not_after = ParseTimestamp(not_after);
    if (!command_.not_after.has_value()) {
      Refuse(Refusal(Reason::kFieldInvalid, "not_after"));
    }
  } else if (request_id_.has_value()) {
    if (const auto made = request_id_->UuidV7Time()) {
      command_.not_after = LedgerTime(made->value() + kDefaultLifeMicros);
    }
  }
}

void Draft::ReadReference(std::string_view text, std::string_view field, bool required) {
  reference_ = ReadText(text, kMaxReference, required, field);
  RefusePersonal(text, field);
}

void Draft::RefusePersonal(std::string_view text, std::string_view field) {
  if (HoldsPersonalNumber(text)) {
    Refuse(Refusal(Reason::kReferenceIsPersonal, std::string(field)));
  }
}

void Draft::ReadActTime(bool given, const google::protobuf::Timestamp& act_time) {
  command_.draft.set_act_micros(ReadTime(given, act_time, false, "act_time"));
}

std::int64_t Draft::ReadTime(bool given, const google::protobuf::Timestamp& time, bool required,
                             std::string_view field) {
  const auto read = given ? ParseTimestamp(time) : std::nullopt;
  if (!read.has_value() && (given || required)) {
    Refuse(Refusal(given ? Reason::kFieldInvalid : Reason::kFieldRequired, std::string(field)));
  }
  return read.value_or(LedgerTime()).value();
}

std::string Draft::ReadText(std::string_view text, std::size_t max, bool required,
                            std::string_view field) {
  if (text.empty() && required) {
    Refuse(Refusal(Reason::kFieldRequired, std::string(field)));
  } else if (text.size() > max) {
    Refuse(Refusal(Reason::kFieldTooLong, std::string(field))
               .With("limit", static_cast<std::int64_t>(max)));
  } else if (HasControl(text)) {
    Refuse(Refusal(Reason::kFieldInvalid, std::string(field))
               .With("problem", "control characters are not allowed"));
  }
  return std::string(text);
}

std::string Draft::ReadCode(std::string_view text, std::string_view field) {
  std::string code = ReadText(text, kMaxCode, true, field);
  if (!IsCode(code, true)) {
    Refuse(Refusal(Reason::kFieldInvalid, std::string(field)).With("allowed", "a-z 0-9 - _"));
  }
  return code;
}

std::string Draft::ReadWord(std::string_view text, std::string_view field) {
  std::string word = ReadText(text, kMaxWord, true, field);
  if (!IsCode(word, false)) {
    Refuse(Refusal(Reason::kFieldInvalid, std::string(field)).With("allowed", "a-z 0-9 _"));
  }
  return word;
}

std::int64_t Draft::ReadAmount(std::int64_t amount, std::string_view field) {
  if (amount <= 0 || Amount(amount) > kMaxPostingAmount) {
    Refuse(Refusal(Reason::kAmountOutOfRange, std::string(field))
               .With("smallest", 1)
               .With("largest", kMaxPostingAmount.units()));
  }
  return amount;
}

std::int64_t Draft::ReadNumber(std::int64_t number, std::int64_t least, std::int64_t most,
                               std::string_view field) {
  if (number < least || number > most) {
    Refuse(Refusal(Reason::kFieldInvalid, std::string(field))
               .With("smallest", least)
               .With("largest", most));
  }
  return number;
}

std::uint64_t Draft::ReadQuantity(std::uint64_t quantity, std::string_view field) {
  const auto bounded = std::min(quantity, static_cast<std::uint64_t>(kMaxQuantity) + 1);
  ReadNumber(static_cast<std::int64_t>(bounded), 1, kMaxQuantity, field);
  return quantity;
}

std::int32_t Draft::ReadDate(const std::string& text, bool required, std::string_view field) {
  if (text.empty() && !required) {
    return 0;
  }
  const auto midnight = ParseShanghai(text + " 00:00:00");
  if (!midnight.has_value() || *midnight < kEarliestTime || *midnight > kLatestTime) {
    Refuse(Refusal(Reason::kFieldInvalid, std::string(field)).With("expected", "YYYY-MM-DD"));
    return 0;
  }
  return ShanghaiDate(*midnight).value();
}

std::uint64_t Draft::ReadHold(std::string_view name, std::string_view field) {
  const auto index = ParseHoldName(name);
  if (!index.has_value()) {
    Refuse(name.empty() ? Refusal(Reason::kFieldRequired, std::string(field))
                        : Refusal(Reason::kFieldInvalid, std::string(field))
                              .With("expected", "holds/{number}"));
  }
  return index.value_or(EntryIndex()).value();
}

std::uint64_t Draft::ReadEntryIndex(std::uint64_t index, std::string_view field) {
  if (index == 0) {
    Refuse(Refusal(Reason::kFieldRequired, std::string(field)));
  }
  return index;
}

std::string Draft::ReadTargetRequestId(std::string_view text, std::string_view field) {
  const auto id = RequestId::FromText(text);
  if (!id.has_value()) {
    Refuse(
        Refusal(text.empty() ? Reason::kFieldRequired : Reason::kFieldTooLong, std::string(field)));
    return {};
  }
  if (HasControl(text)) {
    Refuse(Refusal(Reason::kFieldInvalid, std::string(field))
               .With("problem", "control characters are not allowed"));
  }
  if (request_id_.has_value() && *id == *request_id_) {
    Refuse(Refusal(Reason::kFieldInvalid, std::string(field))
               .With("problem", "it is the id of this request itself"));
  }
  return std::string(id->stored());
}

namespace {

// Resolves `prefix`code; refuses through `draft`.
template <typename Find>
auto ReadName(Draft& draft, std::string_view name, std::string_view prefix, std::string_view field,
              Reason unknown, Find find) -> decltype(find(name)) {
  if (name.empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, std::string(field)));
    return nullptr;
  }
  if (!name.starts_with(prefix) || name.size() == prefix.size()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, std::string(field))
                     .With("expected", absl::StrCat(std::string(prefix), "{id}")));
    return nullptr;
  }
  auto found = find(name.substr(prefix.size()));
  if (found == nullptr) {
    draft.Refuse(Refusal(unknown, std::string(field)));
  }
  return found;
}

}  // namespace

const Scheme* Draft::ReadScheme(std::string_view name, std::string_view field) {
  return ReadName(*this, name, "schemes/", field, Reason::kUnknownScheme,
                  [this](std::string_view code) { return registry_->FindScheme(code); });
}

const Participant* Draft::ReadParticipant(std::string_view name, std::string_view field) {
  return ReadName(*this, name, "participants/", field, Reason::kUnknownParticipant,
                  [this](std::string_view code) { return registry_->FindParticipant(code); });
}

const Asset* Draft::ReadAsset(std::string_view name, std::string_view field) {
  return ReadName(*this, name, "assets/", field, Reason::kUnknownAsset,
                  [this](std::string_view code) { return registry_->FindAsset(code); });
}

const Budget* Draft::ReadBudget(std::string_view name, std::string_view field) {
  return ReadName(*this, name, "budgets/", field, Reason::kUnknownBudget,
                  [this](std::string_view code) { return registry_->FindBudget(code); });
}

std::uint64_t Draft::ReadMerchantAccount(std::string_view participant, const Asset* asset,
                                         std::string_view field) {
  const Participant* merchant = ReadParticipant(participant, field);
  if (merchant == nullptr || asset == nullptr) {
    return 0;
  }
  const auto account = registry_->FindMerchantAccount(merchant->number, asset->number);
  if (!account.has_value()) {
    Refuse(Refusal(Reason::kUnknownAccount, std::string(field)));
  }
  return account.value_or(AccountNo()).value();
}

void Draft::ReadCitizen(std::string_view account, std::string_view user_id, const Asset* asset,
                        SetAccount set, NamedTo to) {
  if (!account.empty() && !user_id.empty()) {
    Refuse(Refusal(Reason::kFieldInvalid, "platform_user_id")
               .With("problem", "give either account or platform_user_id"));
  } else if (user_id.empty()) {
    ReadAccount(account, "account", set, to);
  } else if (asset != nullptr) {
    ReadPlatformUser(user_id, asset->number, set);
  } else {
    ReadText(user_id, kMaxUserId, true, "platform_user_id");  // its form comes before names
  }
}

void Draft::ReadAccount(std::string_view name, std::string_view field, SetAccount set, NamedTo to) {
  if (name.empty()) {
    Refuse(Refusal(Reason::kFieldRequired, std::string(field)));
    return;
  }
  const auto id = ParseAccountName(name);
  if (!id.has_value()) {
    Refuse(Refusal(Reason::kFieldInvalid, std::string(field))
               .With("expected", "accounts/{32 hexadecimal digits}"));
    return;
  }
  wanted_.push_back({Named(*context_, caller_, *registry_, *id, to), std::string(field), set});
}

void Draft::ReadActing(std::string_view name, SetAccount set) {
  if (!name.empty()) {
    ReadAccount(name, "acting_account", set);
  }
}

void Draft::ReadPlatformUser(std::string_view user_id, AssetNo asset, SetAccount set) {
  ReadText(user_id, kMaxUserId, true, "platform_user_id");
  wanted_.push_back(
      {context_->secrets.ForPlatformUser(caller_.number, asset, user_id), "platform_user_id", set});
}

void Draft::OpenForPlatformUser(std::string_view user_id, AssetNo asset, std::string_view field) {
  ReadText(user_id, kMaxUserId, true, field);
  command_.platform_user = context_->secrets.ForPlatformUser(caller_.number, asset, user_id);
}

void Draft::EndPlatformUser(std::string_view user_id, AssetNo asset) {
  ReadText(user_id, kMaxUserId, true, "platform_user_id");
  command_.former_user = context_->secrets.ForPlatformUser(caller_.number, asset, user_id);
}

void Draft::Seal() {
  Check(!refusal_.has_value() && request_id_.has_value(), "a refused draft is sealed");
  // Entries of ours have no maps and no unknown fields, so their bytes are canonical.
  const std::string intent = command_.draft.SerializeAsString();
  // Which of the two names there are; each has 32 bytes.
  const char users = static_cast<char>((command_.platform_user.has_value() ? 1 : 0) |
                                       (command_.former_user.has_value() ? 2 : 0));
  const auto view = [](const std::optional<PlatformUserKey>& user) {
    return user.has_value() ? user->view() : std::string_view();
  };
  const Hash256 digest =
      merkle::Sha256({kDigestDomain, std::string_view(&users, 1), view(command_.platform_user),
                      view(command_.former_user), intent});
  command_.draft.set_request_digest(std::string(digest.view()));
  if (!reference_.empty()) {
    const RequestKey key{caller_.number, *request_id_};
    command_.draft.set_reference_commitment(
        std::string(context_->secrets.ReferenceCommitment(key, reference_).view()));
    command_.reference = std::move(reference_);
  }
  if (!evidence_.empty()) {
    const AccountNo citizen(command_.draft.earning().account());
    auto sealed = signing::SealText(context_->secrets.EvidenceReferenceKey(citizen),
                                    PlaceOfEvidence(command_.draft), evidence_);
    Check(sealed.ok(), "no random bytes");
    command_.sealed_evidence = *std::move(sealed);
  }
  if (complete_ != nullptr) {
    complete_(command_);
  }
}

absl::Status ResolveAccounts(const store::Store& store, std::vector<Draft>& drafts) {
  std::vector<NamedAccount> names;
  std::vector<PlatformUserKey> users;
  for (const Draft& draft : drafts) {
    for (const Draft::Wanted& wanted : draft.wanted_) {
      if (const auto* name = std::get_if<NamedAccount>(&wanted.key)) {
        names.push_back(*name);
      } else {
        users.push_back(std::get<PlatformUserKey>(wanted.key));
      }
    }
  }
  const auto by_name = FindNamed(store, names);
  if (!by_name.ok()) {
    return by_name.status();
  }
  const auto by_user = store.ReadPlatformUsers(users);
  if (!by_user.ok()) {
    return by_user.status();
  }
  std::size_t next_name = 0;
  std::size_t next_user = 0;
  for (Draft& draft : drafts) {
    for (const Draft::Wanted& wanted : draft.wanted_) {
      const auto& number = std::holds_alternative<NamedAccount>(wanted.key)
                               ? (*by_name)[next_name++]
                               : (*by_user)[next_user++];
      if (number.has_value()) {
        wanted.set(draft.entry(), *number);
      } else {
        draft.Refuse(Refusal(Reason::kUnknownAccount, wanted.field));
      }
    }
  }
  return absl::OkStatus();
}

std::string PlaceOfEvidence(const Entry& entry) {
  return std::to_string(entry.caller()) + ":" + entry.request_id();
}

std::optional<std::string> ParseHex16(std::string_view text) {
  if (text.size() != 32) {
    return std::nullopt;
  }
  std::string bytes(16, '\0');
  int digits = 0;  // negative once one was none
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int byte = HexValue(text[2 * i]) * 16 | HexValue(text[2 * i + 1]);
    digits |= byte;
    bytes[i] = static_cast<char>(byte);
  }
  return digits < 0 ? std::nullopt : std::optional(std::move(bytes));
}

std::optional<AccountId> ParseAccountName(std::string_view name) {
  constexpr std::string_view kPrefix = "accounts/";
  if (!name.starts_with(kPrefix)) {
    return std::nullopt;
  }
  const auto bytes = ParseHex16(name.substr(kPrefix.size()));
  return bytes.has_value() ? std::optional(AccountId::FromView(*bytes)) : std::nullopt;
}

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

std::string AccountName(const AccountId& id) { return "accounts/" + Hex(id.view()); }

std::optional<EntryIndex> ParseHoldName(std::string_view name) {
  constexpr std::string_view kPrefix = "holds/";
  if (!name.starts_with(kPrefix)) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(kPrefix.size());
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  // One name for each hold: no zeros in front.
  const bool read =
      error == std::errc() && end == digits.data() + digits.size() && digits.front() != '0';
  return read ? std::optional(EntryIndex(index)) : std::nullopt;
}

std::string HoldName(EntryIndex index) { return "holds/" + std::to_string(index.value()); }

std::optional<LedgerTime> ParseTimestamp(const google::protobuf::Timestamp& time) {
  if (time.nanos() < 0 || time.nanos() >= 1'000'000'000 ||
      time.seconds() < kEarliestTime.value() / kMicrosPerSecond ||
      time.seconds() > kLatestTime.value() / kMicrosPerSecond) {
    return std::nullopt;
  }
  return LedgerTime(time.seconds() * kMicrosPerSecond + time.nanos() / 1000);
}

google::protobuf::Timestamp ToTimestamp(LedgerTime time) {
  google::protobuf::Timestamp out;
  out.set_seconds(time.value() / kMicrosPerSecond);
  out.set_nanos(static_cast<std::int32_t>(time.value() % kMicrosPerSecond * 1000));
  return out;
}

}  // namespace tanhui::rpc
