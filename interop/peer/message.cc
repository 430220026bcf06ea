#include "interop/peer/message.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/verifier.h"
#include "ledger/signing/encoding.h"
#include "ledger/signing/note.h"

namespace tanhui::interop {
namespace {

namespace pb = peer::v1;

constexpr std::string_view kFirstLine = "tanhui peer message v1";
constexpr std::size_t kMaxNoteBytes = 4'096;
constexpr std::size_t kHashBytes = Hash256::kSize;
constexpr std::size_t kMaxReason = 64;

absl::Status Damaged(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("damaged message: ", std::string(why)));
}

// What messages of a kind have. The hash may be missing where the sender may never have had it.
struct FormRow {
  pb::PeerMessageKind kind;
  bool by_origin;
  bool by_destination;
  bool needs_hash;
  bool has_proof;
  bool has_reason;
};
constexpr FormRow kForms[] = {
    {pb::PEER_MESSAGE_KIND_PREPARE, true, false, true, false, false},
    {pb::PEER_MESSAGE_KIND_FULFIL, false, true, true, true, false},
    {pb::PEER_MESSAGE_KIND_REJECT, false, true, true, true, true},
    {pb::PEER_MESSAGE_KIND_BUSY, false, true, true, false, true},
    {pb::PEER_MESSAGE_KIND_COMMITTED, true, false, true, true, false},
    {pb::PEER_MESSAGE_KIND_ABORTED, true, false, false, true, false},
    {pb::PEER_MESSAGE_KIND_CONFIRMED, false, true, true, false, false},
    {pb::PEER_MESSAGE_KIND_CANCELLED, false, true, false, false, false},
    {pb::PEER_MESSAGE_KIND_LOOKUP, true, true, true, false, false},
    {pb::PEER_MESSAGE_KIND_UNKNOWN, true, true, false, false, false},
    {pb::PEER_MESSAGE_KIND_MODIFIED, true, true, true, false, false},
};

const FormRow* FormOf(pb::PeerMessageKind kind) {
  const auto* found = std::find_if(std::begin(kForms), std::end(kForms),
                                   [kind](const FormRow& row) { return row.kind == kind; });
  return found == std::end(kForms) ? nullptr : found;
}

bool IsCode(std::string_view text) {
  return !text.empty() && text.size() <= kMaxReason &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

bool HasWindowPart(const pb::PeerMessage& message) {
  return message.has_closing() || message.has_ids() || message.has_missing() ||
         message.has_statement() || message.has_settled() || message.has_which();
}

absl::Status CheckExchangeForm(const FormRow& form, const pb::PeerMessage& message) {
  const bool role_fits = (form.by_origin && message.role() == pb::PEER_ROLE_ORIGIN) ||
                         (form.by_destination && message.role() == pb::PEER_ROLE_DESTINATION);
  if (!role_fits) {
    return Damaged("a city in that role never says it");
  }
  if (message.exchange_id().size() != kExchangeIdBytes) {
    return Damaged("an exchange id has 16 bytes");
  }
  const std::size_t hash = message.terms_hash().size();
  if (hash != kHashBytes && (hash != 0 || form.needs_hash)) {
    return Damaged("the hash of the terms has 32 bytes");
  }
  if (message.has_terms() != (message.kind() == pb::PEER_MESSAGE_KIND_PREPARE)) {
    return Damaged("terms belong to prepare");
  }
  if (message.has_proof() != form.has_proof) {
    return Damaged(
        "a decision, a fulfilment and a rejection come with their proof, others without");
  }
  if (form.has_reason ? !IsCode(message.reason()) : !message.reason().empty()) {
    return Damaged("the reason is no code");
  }
  return HasWindowPart(message) ? Damaged("it is about an exchange and a window")
                                : absl::OkStatus();
}

// Strictly ascending, 16 bytes each.
bool AreIds(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  if (ids.size() > kMaxWindowIds) {
    return false;
  }
  for (int i = 0; i < ids.size(); ++i) {
    if (ids.Get(i).size() != kExchangeIdBytes || (i > 0 && ids.Get(i - 1) >= ids.Get(i))) {
      return false;
    }
  }
  return true;
}

absl::Status CheckWindowForm(const pb::PeerMessage& message) {
  const bool exchange_part = message.role() != pb::PEER_ROLE_UNSPECIFIED ||
                             !message.exchange_id().empty() || !message.terms_hash().empty() ||
                             message.has_terms() || message.has_proof() ||
                             !message.reason().empty();
  const int parts = (message.has_closing() ? 1 : 0) + (message.has_ids() ? 1 : 0) +
                    (message.has_missing() ? 1 : 0) + (message.has_statement() ? 1 : 0) +
                    (message.has_settled() ? 1 : 0) + (message.has_which() ? 1 : 0);
  bool right = false;
  switch (message.kind()) {
    case pb::PEER_MESSAGE_KIND_CLOSING:
      right = message.closing().window() > 0 && message.closing().digest().size() == kHashBytes;
      break;
    case pb::PEER_MESSAGE_KIND_IDS:
      right = message.ids().window() > 0 && AreIds(message.ids().exchange_ids());
      break;
    case pb::PEER_MESSAGE_KIND_MISSING:
      right = message.missing().window() > 0 && AreIds(message.missing().exchange_ids());
      break;
    case pb::PEER_MESSAGE_KIND_STATEMENT:
      right = message.statement().window() > 0 && !message.statement().note().empty();
      break;
    case pb::PEER_MESSAGE_KIND_SETTLED:
      right = message.settled().window() > 0 && !message.settled().reference().empty();
      break;
    case pb::PEER_MESSAGE_KIND_WHICH:
      right = message.which().window() > 0 && (message.which().after().empty() ||
                                               message.which().after().size() == kExchangeIdBytes);
      break;
    default:
      return Damaged("of no kind that is known here");
  }
  return right && parts == 1 && !exchange_part ? absl::OkStatus()
                                               : Damaged("a part of a window's message is wrong");
}

// Who says something to whom about which bytes, before anything is checked.
struct Told {
  std::string_view from;
  std::string_view to;
  Hash256 hash;
};

std::optional<std::string_view> TakeWord(std::string_view& text, std::string_view before) {
  const std::optional<std::string_view> line = signing::TakeLine(text);
  if (!line || !line->starts_with(before)) {
    return std::nullopt;
  }
  return line->substr(before.size());
}

// The first lines of a note.
std::optional<Told> ReadText(std::string_view text) {
  if (signing::TakeLine(text) != kFirstLine) {
    return std::nullopt;
  }
  const auto from = TakeWord(text, "from ");
  const auto to = from ? TakeWord(text, "to ") : std::nullopt;
  const auto hash = to ? TakeWord(text, "sha256 ") : std::nullopt;
  const auto decoded = hash ? signing::DecodeHash(*hash) : std::nullopt;
  return decoded ? std::optional(Told{*from, *to, *decoded}) : std::nullopt;
}

}  // namespace

std::string MessageText(std::string_view from, std::string_view to, const Hash256& hash) {
  return absl::StrCat(std::string(kFirstLine), "\nfrom ", std::string(from), "\nto ",
                      std::string(to), "\nsha256 ", signing::EncodeBase64(hash.view()), "\n");
}

absl::StatusOr<pb::SignedMessage> SealMessage(const pb::PeerMessage& message, std::string_view to,
                                              const signing::NamedSigner& signer) {
  absl::Status form = signing::CheckKeyName(to);
  if (form.ok()) {
    form = CheckForm(message);
  }
  if (!form.ok()) {
    return form;
  }
  pb::SignedMessage sealed;
  sealed.set_message(message.SerializeAsString());
  if (sealed.message().size() > kMaxMessageBytes) {
    return absl::InvalidArgumentError("a message has at most 1 MiB");
  }
  const std::string text = MessageText(signer.name(), to, merkle::Sha256(sealed.message()));
  auto note = signing::SignNote(text, std::array<const signing::NamedSigner*, 1>{&signer});
  if (!note.ok()) {
    return note.status();
  }
  sealed.set_note(*std::move(note));
  return sealed;
}

absl::StatusOr<OpenedMessage> OpenMessage(const pb::SignedMessage& sealed, std::string_view own_log,
                                          const FindKey& find_key) {
  if (sealed.note().size() > kMaxNoteBytes || sealed.message().size() > kMaxMessageBytes) {
    return Damaged("longer than one can be");
  }
  const std::optional<Told> told = ReadText(sealed.note());
  if (!told) {
    return Damaged("the note does not say what a message's says");
  }
  if (told->to != own_log) {
    return absl::FailedPreconditionError(
        absl::StrCat("the message is for ", std::string(told->to), ", not for this city"));
  }
  const std::optional<signing::NamedVerifier> key = find_key(told->from);
  if (!key || key->name() != told->from) {
    return absl::PermissionDeniedError(
        absl::StrCat(std::string(told->from), " is no peer of this city"));
  }
  const auto note = signing::OpenNote(sealed.note(), std::array<signing::NamedVerifier, 1>{*key});
  if (!note.ok()) {
    return absl::IsInvalidArgument(note.status())
               ? Damaged("the note is not well-formed")
               : absl::UnauthenticatedError("the message is not signed by the city that it names");
  }
  if (note->text != MessageText(told->from, told->to, told->hash)) {
    return Damaged("the note does not say what a message's says");
  }
  OpenedMessage opened{std::string(told->from), {}, merkle::Sha256(sealed.message())};
  if (opened.hash != told->hash) {
    return Damaged("its bytes are not those that were signed");
  }
  if (!opened.message.ParseFromString(sealed.message())) {
    return Damaged("its bytes are no message");
  }
  const absl::Status form = CheckForm(opened.message);
  return form.ok() ? absl::StatusOr<OpenedMessage>(std::move(opened)) : form;
}

absl::Status CheckForm(const pb::PeerMessage& message) {
  const FormRow* form = FormOf(message.kind());
  return form != nullptr ? CheckExchangeForm(*form, message) : CheckWindowForm(message);
}

pb::EntryProof ToEntryProof(const signing::Receipt& receipt) {
  pb::EntryProof proof;
  proof.set_entry(receipt.leaf);
  proof.set_index(receipt.index);
  for (const Hash256& hash : receipt.proof) {
    proof.add_hashes(std::string(hash.view()));
  }
  proof.set_checkpoint(receipt.checkpoint_note);
  return proof;
}

absl::StatusOr<ProvenEntry> CheckEntryProof(const pb::EntryProof& proof,
                                            const signing::NamedVerifier& log_key) {
  if (proof.entry().size() > signing::kMaxLeafBytes ||
      static_cast<std::size_t>(proof.hashes_size()) > merkle::kMaxInclusionHashes) {
    return Damaged("a proof is longer than one can be");
  }
  signing::Receipt receipt{proof.entry(), proof.index(), {}, proof.checkpoint()};
  for (const std::string& hash : proof.hashes()) {
    if (hash.size() != kHashBytes) {
      return Damaged("a hash of a proof has 32 bytes");
    }
    receipt.proof.push_back(Hash256::FromView(hash));
  }
  auto verified =
      signing::VerifyReceipt(std::move(receipt), std::array<signing::NamedVerifier, 1>{log_key});
  if (!verified.ok()) {
    return absl::IsInvalidArgument(verified.status())
               ? Damaged("a proof is malformed")
               : absl::UnauthenticatedError(absl::StrCat("the proof of an entry does not hold: ",
                                                         verified.status().message()));
  }
  ProvenEntry proven{{}, EntryIndex(verified->index), std::move(verified->checkpoint)};
  if (!proven.entry.ParseFromString(verified->leaf)) {
    return Damaged("the entry of a proof cannot be decoded");
  }
  return proven;
}

exchange::Message MessageOf(pb::PeerMessageKind kind) {
  return kind <= pb::PEER_MESSAGE_KIND_UNKNOWN ? static_cast<exchange::Message>(kind)
                                               : exchange::Message::kNone;
}

pb::PeerMessageKind KindOf(exchange::Message message) {
  return static_cast<pb::PeerMessageKind>(message);
}

}  // namespace tanhui::interop
