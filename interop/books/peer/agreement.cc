#include "interop/books/peer/agreement.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/core/check.h"
#include "ledger/rules/document_check.h"
#include "ledger/signing/encoding.h"

namespace tanhui::interop {
namespace {

// Where the words of the text stand, and how many there are with the empty one behind the end.
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kDateAt = 6;
constexpr std::size_t kFirstCityAt = 7;
constexpr std::size_t kWordsOfCity = 11;
constexpr std::size_t kWords = kFirstCityAt + 2 * kWordsOfCity + 1;

using Words = std::vector<std::string>;

void AppendCity(const RatedCity& city, std::string& out) {
  absl::StrAppend(&out, "city ", city.log, " ", city.asset, "\n");
  absl::StrAppend(&out, "points ", city.rate.rate.points, " grams ", city.rate.rate.grams, "\n");
  absl::StrAppend(&out, "fen ", city.rate.fen_per_thousand, " per 1000\n");
}

// -1, which no rate has, for a word that is none.
std::int64_t AmountOf(std::string_view word) {
  const auto number = signing::DecodeDecimal(word);
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return number.has_value() && *number <= kMost ? static_cast<std::int64_t>(*number) : -1;
}

RatedCity CityAt(const Words& words, std::size_t at) {
  RatedCity city;
  city.log = words[at + 1];
  city.asset = words[at + 2];
  city.rate = {{AmountOf(words[at + 4]), AmountOf(words[at + 6])}, AmountOf(words[at + 8])};
  return city;
}

bool CanBe(const RatedCity& city) {
  return !city.log.empty() && !city.asset.empty() && CanBe(city.rate);
}

}  // namespace

bool CanBe(const CityRate& rate) {
  const auto at_least = [](std::int64_t least, std::int64_t number) {
    return number >= least && number <= exchange::kMostOfRate;
  };
  return at_least(1, rate.rate.points) && at_least(1, rate.rate.grams) &&
         at_least(0, rate.fen_per_thousand);
}

Agreement MakeAgreement(std::uint32_t version, BusinessDate first_date, RatedCity one,
                        RatedCity other) {
  Check(one.log != other.log, "rates between a city and itself");
  if (other.log < one.log) {
    std::swap(one, other);
  }
  return {version, first_date, std::move(one), std::move(other)};
}

std::string TextOf(const Agreement& agreement) {
  std::string out = absl::StrCat("tanhui rates v1\nversion ", agreement.version, "\nfrom ",
                                 FormatDate(agreement.first_date), "\n");
  AppendCity(agreement.first, out);
  AppendCity(agreement.second, out);
  return out;
}

std::optional<Agreement> ParseAgreement(std::string_view text) {
  const Words words =
      absl::StrSplit(absl::string_view(text.data(), text.size()), absl::ByAnyChar(" \n"));
  if (words.size() != kWords) {
    return std::nullopt;
  }
  const auto version = signing::DecodeDecimal(words[kVersionAt]);
  const auto date = rules::ReadDate(words[kDateAt]);
  const RatedCity first = CityAt(words, kFirstCityAt);
  const RatedCity second = CityAt(words, kFirstCityAt + kWordsOfCity);
  if (!version.has_value() || *version == 0 ||
      *version > std::numeric_limits<std::uint32_t>::max() || !date.has_value() || !CanBe(first) ||
      !CanBe(second) || !(first.log < second.log)) {
    return std::nullopt;
  }
  Agreement agreement{static_cast<std::uint32_t>(*version), *date, first, second};
  // The words in between, and where lines end.
  return TextOf(agreement) == text ? std::optional(std::move(agreement)) : std::nullopt;
}

std::optional<Refusal> RefusedNext(const Peer& peer, std::uint32_t version, BusinessDate first_date,
                                   BusinessDate today, std::string_view field) {
  const std::size_t next = peer.rates.size() + 1;
  if (version != next) {
    return Refusal(Reason::kVersionNotNext, std::string(field))
        .With("expected", static_cast<std::int64_t>(next));
  }
  // What is exchanged today goes by what was agreed on before; before the first rates nothing is.
  const BusinessDate tomorrow(today.value() + 1);
  const BusinessDate earliest =
      peer.rates.empty() ? today : std::max(tomorrow, peer.rates.back().first_date);
  return first_date < earliest ? std::optional(Refusal(Reason::kDateNotAhead, std::string(field))
                                                   .With("earliest", FormatDate(earliest)))
                               : std::nullopt;
}

}  // namespace tanhui::interop
