#include "interop/settlement/statement.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/core/check.h"
#include "ledger/signing/encoding.h"

namespace tanhui::settlement {
namespace {

constexpr std::string_view kFirstLine = "tanhui settlement v1";

// Takes the words of one line, of which the first is a keyword.
class Words {
 public:
  Words(std::string_view& text, std::string_view keyword, std::size_t words) {
    const auto line = signing::TakeLine(text);
    if (!line.has_value()) {
      return;
    }
    for (const absl::string_view word :
         absl::StrSplit(absl::string_view(line->data(), line->size()), ' ')) {
      words_.emplace_back(word.data(), word.size());
    }
    ok_ = words_.size() == words + 1 && words_.front() == keyword;
  }
  bool ok() const { return ok_; }
  std::string_view Word() { return ok_ ? std::string_view(words_[++at_]) : std::string_view(); }
  std::uint64_t Number() {
    const auto number = signing::DecodeDecimal(Word());
    ok_ = ok_ && number.has_value();
    return number.value_or(0);
  }
  std::int64_t Amount() {
    const std::uint64_t number = Number();
    ok_ = ok_ && number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return ok_ ? static_cast<std::int64_t>(number) : 0;
  }
  Hash256 Hash() {
    const auto hash = signing::DecodeHash(Word());
    ok_ = ok_ && hash.has_value();
    return hash.value_or(Hash256());
  }

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
  bool ok_ = false;
};

std::string Base64(const Hash256& hash) { return signing::EncodeBase64(hash.view()); }

void AppendPart(const CityPart& part, std::string& out) {
  absl::StrAppend(&out, "city ", part.city, "\n");
  absl::StrAppend(&out, "log ", part.size, " ", Base64(part.root), "\n");
  absl::StrAppend(&out, "settled ", part.settled.items, " ", Base64(part.settled.digest), "\n");
  absl::StrAppend(&out, "amounts ", part.points, " ", part.grams, " ", part.fen, "\n");
  absl::StrAppend(&out, "open ", part.open.items, " ", Base64(part.open.digest), "\n");
}

std::optional<CityPart> TakePart(std::string_view& text) {
  CityPart part;
  Words city(text, "city", 1);
  part.city = std::string(city.Word());
  Words log(text, "log", 2);
  part.size = log.Number();
  part.root = log.Hash();
  Words settled(text, "settled", 2);
  part.settled = {settled.Number(), settled.Hash()};
  Words amounts(text, "amounts", 3);
  part.points = amounts.Amount();
  part.grams = amounts.Amount();
  part.fen = amounts.Amount();
  Words open(text, "open", 2);
  part.open = {open.Number(), open.Hash()};
  const bool whole =
      city.ok() && log.ok() && settled.ok() && amounts.ok() && open.ok() && !part.city.empty();
  return whole ? std::optional(std::move(part)) : std::nullopt;
}

bool IsName(const City& city) {
  return !city.empty() && std::none_of(city.begin(), city.end(),
                                       [](char letter) { return letter == ' ' || letter == '\n'; });
}

}  // namespace

Statement MakeStatement(std::uint64_t window, CityPart one, CityPart other) {
  Check(one.city != other.city && IsName(one.city) && IsName(other.city),
        "a statement of one city, or of one without a name");
  if (other.city < one.city) {
    std::swap(one, other);
  }
  return {window, std::move(one), std::move(other)};
}

std::optional<Payment> PaymentOf(const Statement& statement) {
  const CityPart& first = statement.first;
  const CityPart& second = statement.second;
  if (first.fen == second.fen) {
    return std::nullopt;
  }
  return first.fen > second.fen ? Payment{first.city, second.city, first.fen - second.fen}
                                : Payment{second.city, first.city, second.fen - first.fen};
}

std::string TextOf(const Statement& statement) {
  std::string out = absl::StrCat(std::string(kFirstLine), "\nwindow ", statement.window, "\n");
  AppendPart(statement.first, out);
  AppendPart(statement.second, out);
  if (const auto payment = PaymentOf(statement)) {
    absl::StrAppend(&out, "pays ", payment->payer, " ", payment->payee, " ", payment->fen, "\n");
  } else {
    absl::StrAppend(&out, "even\n");
  }
  return out;
}

std::optional<Statement> ParseStatement(std::string_view text) {
  const std::string_view whole = text;
  if (signing::TakeLine(text) != kFirstLine) {
    return std::nullopt;
  }
  Words window(text, "window", 1);
  Statement statement;
  statement.window = window.Number();
  auto first = TakePart(text);
  auto second = TakePart(text);
  if (!window.ok() || !first.has_value() || !second.has_value() || second->city <= first->city) {
    return std::nullopt;
  }
  statement.first = *std::move(first);
  statement.second = *std::move(second);
  // What it says of the payment follows from the rest.
  return TextOf(statement) == whole ? std::optional(std::move(statement)) : std::nullopt;
}

}  // namespace tanhui::settlement
