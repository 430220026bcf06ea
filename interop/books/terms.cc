#include "interop/books/terms.h"

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "interop/exchange/conversion.h"
#include "interop/settlement/position.h"
#include "ledger/core/account.h"
#include "ledger/core/check.h"
#include "ledger/core/lots.h"
#include "ledger/core/octets/big_endian.h"
#include "ledger/core/octets/hex_digit.h"
#include "ledger/merkle/hash.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;

constexpr std::string_view kFirstLine = "tanhui exchange v1";
constexpr std::string_view kNeverExpires = "never";

bool IsWord(std::string_view text, std::size_t most) {
  constexpr unsigned char kBlank = ' ';
  constexpr unsigned char kDelete = 0x7f;
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet > kBlank && octet != kDelete;
  });
}

bool CanBePoints(std::int64_t points) { return points >= 1 && points <= exchange::kMostPoints; }

// No field that nobody knows: the hash would not tell of it, and the log would keep it for ever.
bool SaysNothingElse(const pb::ExchangeTerms& terms) {
  const auto known = [](const google::protobuf::Message& message) {
    return message.GetReflection()->GetUnknownFields(message).empty();
  };
  return known(terms) && std::all_of(terms.lots().begin(), terms.lots().end(), known);
}

// Of an exchange of points: in order of expiry and city, each of them once.
bool LotsCanBe(const pb::ExchangeTerms& terms) {
  const auto key = [](const pb::ExchangeLot& lot) {
    return std::tuple(lot.expiry_month(), std::string_view(lot.city()));
  };
  std::int64_t points = 0;
  std::int64_t grams = 0;
  const pb::ExchangeLot* last = nullptr;
  for (const pb::ExchangeLot& lot : terms.lots()) {
    if (lot.expiry_month() > kNever.value() || !CanBeLogName(lot.city()) ||
        (last != nullptr && key(*last) >= key(lot)) || !CanBePoints(lot.points()) ||
        lot.grams() < 0 || __builtin_add_overflow(points, lot.points(), &points) ||
        __builtin_add_overflow(grams, lot.grams(), &grams)) {
      return false;
    }
    last = &lot;
  }
  return static_cast<std::size_t>(terms.lots_size()) <= kMaxLots && points == terms.to_points() &&
         grams == terms.grams();
}

}  // namespace

ExchangeId IdOf(EntryIndex preparation, LedgerTime recorded) {
  std::string bytes;
  PutBigEndian(bytes, preparation.value());
  PutBigEndian(bytes, recorded.value());
  return ExchangeId::FromView(bytes);
}

EntryIndex PreparationOf(const ExchangeId& id) {
  std::string_view bytes = id.view();
  return EntryIndex(TakeBigEndian<std::uint64_t>(bytes));
}

LedgerTime RecordedOf(const ExchangeId& id) {
  std::string_view bytes = id.view().substr(sizeof(std::uint64_t));
  return LedgerTime(TakeBigEndian<std::int64_t>(bytes));
}

std::optional<ExchangeId> ReadExchangeId(std::string_view bytes) {
  return bytes.size() == ExchangeId::kSize ? std::optional(ExchangeId::FromView(bytes))
                                           : std::nullopt;
}

std::string HexOf(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto octet = static_cast<unsigned char>(c);
    hex.push_back(kDigits[octet >> 4]);
    hex.push_back(kDigits[octet & 0xf]);
  }
  return hex;
}

std::optional<ExchangeId> ParseExchangeId(std::string_view hex) {
  if (hex.size() != 2 * ExchangeId::kSize) {
    return std::nullopt;
  }
  ExchangeId id;
  for (std::size_t i = 0; i < ExchangeId::kSize; ++i) {
    const int high = HexValue(hex[2 * i]);
    const int low = HexValue(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return id;
}

bool CanBeLogName(std::string_view name) { return IsWord(name, kMostLogName); }

bool TermsCanBe(const pb::ExchangeTerms& terms) {
  const bool payment = terms.kind() == pb::EXCHANGE_KIND_PAYMENT;
  return SaysNothingElse(terms) && terms.exchange_id().size() == ExchangeId::kSize &&
         CanBeLogName(terms.origin()) && CanBeLogName(terms.destination()) &&
         terms.origin() != terms.destination() &&
         (payment || terms.kind() == pb::EXCHANGE_KIND_POINTS) &&
         CanBePoints(terms.from_points()) && CanBePoints(terms.to_points()) && terms.grams() >= 0 &&
         terms.fen() >= 0 && terms.fen() <= settlement::kMostOfPosition && terms.rates() > 0 &&
         terms.sender().size() == kPseudonymBytes && terms.recipient().size() == kPseudonymBytes &&
         LedgerTime(terms.expiry_micros()) >= kEarliestTime &&
         LedgerTime(terms.expiry_micros()) <= kLatestTime &&
         (payment ? terms.lots().empty() : LotsCanBe(terms));
}

std::string TermsText(const pb::ExchangeTerms& terms) {
  Check(TermsCanBe(terms), "a text of terms that cannot be");
  const bool payment = terms.kind() == pb::EXCHANGE_KIND_PAYMENT;
  std::string text = absl::StrCat(
      std::string(kFirstLine), "\nid ", HexOf(terms.exchange_id()), "\nfrom ", terms.origin(), " ",
      terms.from_points(), "\nto ", terms.destination(), " ", terms.to_points(), "\nkind ",
      payment ? "payment" : "points", "\ngrams ", terms.grams(), "\nfen ", terms.fen(), "\nrates ",
      terms.rates(), "\nsender ", HexOf(terms.sender()), "\nrecipient ", HexOf(terms.recipient()),
      "\nexpires ", terms.expiry_micros(), "\n");
  for (const pb::ExchangeLot& lot : terms.lots()) {
    const Month month(static_cast<std::uint16_t>(lot.expiry_month()));
    absl::StrAppend(&text, "lot ",
                    month == kNever ? std::string(kNeverExpires) : FormatMonth(month), " ",
                    lot.city(), " ", lot.points(), " ", lot.grams(), "\n");
  }
  return text;
}

Hash256 TermsHash(const pb::ExchangeTerms& terms) { return merkle::Sha256(TermsText(terms)); }

}  // namespace tanhui::interop
