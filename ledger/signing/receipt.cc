#include "ledger/signing/receipt.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/verifier.h"
#include "ledger/signing/encoding.h"

namespace tanhui::signing {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

absl::Status Malformed(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("malformed receipt: ", std::string(why)));
}

// The next line without its prefix; nullopt when there is no such line.
std::optional<std::string_view> TakeField(std::string_view& text, std::string_view prefix) {
  const std::optional<std::string_view> line = TakeLine(text);
  if (!line || !line->starts_with(prefix)) {
    return std::nullopt;
  }
  return line->substr(prefix.size());
}

// The lines up to the empty one.
absl::StatusOr<std::vector<Hash256>> TakeProof(std::string_view& text) {
  std::vector<Hash256> proof;
  for (;;) {
    const std::optional<std::string_view> line = TakeLine(text);
    if (!line) {
      return Malformed("no empty line after the proof");
    }
    if (line->empty()) {
      return proof;
    }
    if (proof.size() == merkle::kMaxInclusionHashes) {
      return Malformed("the proof is too long");
    }
    const std::optional<Hash256> hash = DecodeHash(*line);
    if (!hash) {
      return Malformed("a line of the proof is not base64 of 32 bytes");
    }
    proof.push_back(*hash);
  }
}

}  // namespace

std::string FormatReceipt(const Receipt& receipt) {
  std::string text(kFirstLine);
  absl::StrAppend(&text, "\nextra ", EncodeBase64(receipt.leaf), "\nindex ", receipt.index, "\n");
  for (const Hash256& hash : receipt.proof) {
    absl::StrAppend(&text, EncodeBase64(hash.view()), "\n");
  }
  absl::StrAppend(&text, "\n", receipt.checkpoint_note);
  return text;
}

absl::StatusOr<Receipt> ParseReceipt(std::string_view text) {
  if (text.size() > kMaxReceiptBytes) {
    return Malformed("it is longer than 1 MiB");
  }
  if (TakeLine(text) != kFirstLine) {
    return Malformed("the first line is not that of a tlog-proof, version 1");
  }
  const std::optional<std::string_view> extra = TakeField(text, kExtra);
  if (!extra) {
    return Malformed("no line with the entry (extra)");
  }
  std::optional<std::string> leaf = DecodeBase64(*extra);
  if (!leaf) {
    return Malformed("the entry is not canonical base64");
  }
  if (leaf->size() > kMaxLeafBytes) {
    return Malformed("the entry is longer than an entry can be");
  }
  const std::optional<std::string_view> index_field = TakeField(text, kIndex);
  const std::optional<std::uint64_t> index =
      index_field ? DecodeDecimal(*index_field) : std::nullopt;
  if (!index) {
    return Malformed("no line with the index");
  }
  absl::StatusOr<std::vector<Hash256>> proof = TakeProof(text);
  if (!proof.ok()) {
    return proof.status();
  }
  if (text.empty()) {
    return Malformed("no checkpoint");
  }
  return Receipt{*std::move(leaf), *index, *std::move(proof), std::string(text)};
}

absl::StatusOr<VerifiedReceipt> VerifyReceipt(Receipt receipt,
                                              std::span<const NamedVerifier> verifiers) {
  absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(receipt.checkpoint_note, verifiers);
  if (!checkpoint.ok()) {
    return checkpoint.status();
  }
  absl::Status included =
      merkle::VerifyInclusion(merkle::LeafHash(receipt.leaf), receipt.index, checkpoint->size,
                              receipt.proof, checkpoint->root);
  if (!included.ok()) {
    return included;
  }
  return VerifiedReceipt{std::move(receipt.leaf), receipt.index, *std::move(checkpoint)};
}

absl::StatusOr<VerifiedReceipt> VerifyReceipt(std::string_view text,
                                              std::span<const NamedVerifier> verifiers) {
  absl::StatusOr<Receipt> receipt = ParseReceipt(text);
  return receipt.ok() ? VerifyReceipt(*std::move(receipt), verifiers)
                      : absl::StatusOr<VerifiedReceipt>(receipt.status());
}

}  // namespace tanhui::signing
