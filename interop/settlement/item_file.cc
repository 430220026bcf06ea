#include "interop/settlement/item_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "interop/name_table.h"
#include "ledger/core/amount.h"
#include "ledger/core/check.h"
#include "ledger/signing/encoding.h"

namespace tanhui::settlement {
namespace {

constexpr std::string_view kTitle = "#tanhui-window 1";
constexpr std::string_view kHeadings = "exchange_id,state,points,grams,fen,terms";
constexpr std::string_view kEnd = "#end";
constexpr std::size_t kTitleFields = 5;
constexpr std::size_t kItemFields = 6;
constexpr std::size_t kEndFields = 6;
constexpr std::array<std::string_view, 5> kStates = {"", "committed", "confirmed", "pending",
                                                     "cancelled"};

template <typename Id>
std::string Hex(const Id& id) {
  return absl::BytesToHexString(absl::string_view(id.view().data(), id.view().size()));
}

// Lower-case digits alone.
template <typename Id>
std::optional<Id> FromHex(std::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  if (!digits || text.size() != 2 * Id::kSize) {
    return std::nullopt;
  }
  return Id::FromView(absl::HexStringToBytes(absl::string_view(text.data(), text.size())));
}

std::optional<std::int64_t> Amount64(std::string_view text) {
  const auto number = signing::DecodeDecimal(text);
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return number.has_value() && *number <= kMost ? std::optional(static_cast<std::int64_t>(*number))
                                                : std::nullopt;
}

std::vector<std::string_view> FieldsOf(std::string_view line) {
  std::vector<std::string_view> fields;
  for (const absl::string_view field :
       absl::StrSplit(absl::string_view(line.data(), line.size()), ',')) {
    fields.emplace_back(field.data(), field.size());
  }
  return fields;
}

bool CanBeName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c != ',' && static_cast<unsigned char>(c) < 0x7f;
  });
}

std::optional<ItemState> StateOf(std::string_view name) {
  const auto found = std::find(kStates.begin() + 1, kStates.end(), name);
  return found == kStates.end() ? std::nullopt
                                : std::optional(static_cast<ItemState>(found - kStates.begin()));
}

// nullopt when they would be too large.
std::optional<ItemSums> Added(const ItemSums& sums, const Item& item) {
  const auto points = Add(Amount(sums.points), Amount(item.points));
  const auto grams = Add(Amount(sums.grams), Amount(item.grams));
  const auto fen = Add(Amount(sums.fen), Amount(item.fen));
  if (!points.has_value() || !grams.has_value() || !fen.has_value()) {
    return std::nullopt;
  }
  return ItemSums{sums.items + 1, points->units(), grams->units(), fen->units()};
}

}  // namespace

std::string_view NameOf(ItemState state) { return NameIn(kStates, state); }

ItemWriter::ItemWriter(const ItemTitle& title, std::string& out) {
  Check(CanBeName(title.origin) && CanBeName(title.destination), "the name of a log with a comma");
  Append(absl::StrCat(std::string(kTitle), ",", title.window, ",", title.origin, ",",
                      title.destination, ",", title.by_origin ? "origin" : "destination"),
         out);
  Append(kHeadings, out);
}

void ItemWriter::Append(std::string_view line, std::string& out) {
  const std::size_t from = out.size();
  out.append(line);
  out.push_back('\n');
  hash_.Add(std::string_view(out).substr(from));
}

bool ItemWriter::Add(const Item& item, std::string& out) {
  Check(!last_.has_value() || *last_ < item.id, "items out of order");
  const auto sums = Added(sums_, item);
  if (!sums.has_value()) {
    return false;
  }
  sums_ = *sums;
  last_ = item.id;
  Append(absl::StrCat(Hex(item.id), ",", std::string(NameOf(item.state)), ",", item.points, ",",
                      item.grams, ",", item.fen, ",", Hex(item.terms)),
         out);
  return true;
}

void ItemWriter::End(std::string& out) {
  absl::StrAppend(&out, std::string(kEnd), ",", sums_.items, ",", sums_.points, ",", sums_.grams,
                  ",", sums_.fen, ",", Hex(hash_.Finish()), "\n");
}

ItemLine ItemReader::Take(std::string_view line) {
  ++lines_;
  if (awaits_ == Awaits::kNothing) {
    return Bad("nothing may follow the #end line: take the file as it was handed out");
  }
  if (awaits_ != Awaits::kTitle && line.starts_with(kEnd)) {
    return TakeEnd(line);
  }
  hash_.Add(line);
  hash_.Add("\n");
  if (awaits_ == Awaits::kTitle) {
    return TakeTitle(line);
  }
  if (awaits_ == Awaits::kHeadings) {
    awaits_ = Awaits::kItems;
    return line == kHeadings
               ? ItemLine(Skipped())
               : ItemLine(Bad(absl::StrCat("the headings should be ", std::string(kHeadings))));
  }
  return TakeItem(line);
}

BadLine ItemReader::Bad(std::string_view problem) {
  ++bad_;
  return {lines_, std::string(problem)};
}

ItemLine ItemReader::TakeTitle(std::string_view line) {
  awaits_ = Awaits::kHeadings;
  const auto fields = FieldsOf(line);
  const auto window = fields.size() == kTitleFields ? signing::DecodeDecimal(fields[1])
                                                    : std::optional<std::uint64_t>();
  if (!window.has_value() || fields[0] != kTitle || !CanBeName(fields[2]) ||
      !CanBeName(fields[3]) || (fields[4] != "origin" && fields[4] != "destination")) {
    return Bad(absl::StrCat("the first line should be ", std::string(kTitle),
                            ",WINDOW,ORIGIN,DESTINATION,origin or destination"));
  }
  title_ =
      ItemTitle{*window, std::string(fields[2]), std::string(fields[3]), fields[4] == "origin"};
  return Skipped();
}

ItemLine ItemReader::TakeItem(std::string_view line) {
  const auto fields = FieldsOf(line);
  if (fields.size() != kItemFields) {
    return Bad(absl::StrCat(fields.size(), " fields, there should be ", kItemFields));
  }
  const auto id = FromHex<ExchangeId>(fields[0]);
  const auto state = StateOf(fields[1]);
  const auto points = Amount64(fields[2]);
  const auto grams = Amount64(fields[3]);
  const auto fen = Amount64(fields[4]);
  const auto terms = FromHex<Hash256>(fields[5]);
  if (!id.has_value()) {
    return Bad("exchange_id should be 32 lower-case hexadecimal digits");
  }
  if (!state.has_value()) {
    return Bad("state should be committed, confirmed, pending or cancelled");
  }
  if (!points.has_value() || !grams.has_value() || !fen.has_value()) {
    return Bad("points, grams and fen should be whole numbers from 0 on, below 2^63");
  }
  if (!terms.has_value()) {
    return Bad("terms should be 64 lower-case hexadecimal digits");
  }
  if (last_.has_value() && !(*last_ < *id)) {
    return Bad(*last_ == *id ? "the exchange is in the line before, too"
                             : "items should stand in order of their ids");
  }
  const Item item{*id, *state, *points, *grams, *fen, *terms};
  const auto sums = Added(sums_, item);
  if (!sums.has_value()) {
    return Bad("the sums of the file are too large");
  }
  last_ = *id;
  sums_ = *sums;
  return item;
}

ItemLine ItemReader::TakeEnd(std::string_view line) {
  awaits_ = Awaits::kNothing;
  const auto fields = FieldsOf(line);
  if (fields.size() != kEndFields || fields[0] != kEnd) {
    return Bad("the last line should be #end,ITEMS,POINTS,GRAMS,FEN,SHA256");
  }
  if (bad_ > 0) {
    return Bad(
        "lines before are bad, so that the sums say nothing: mend them and send the file "
        "again; good lines are taken once");
  }
  const std::string sums =
      absl::StrCat(sums_.items, ",", sums_.points, ",", sums_.grams, ",", sums_.fen);
  if (sums != absl::StrCat(std::string(fields[1]), ",", std::string(fields[2]), ",",
                           std::string(fields[3]), ",", std::string(fields[4]))) {
    return Bad(absl::StrCat("the items of the file come to ", sums,
                            ": lines are missing or were changed"));
  }
  if (Hex(hash_.Finish()) != fields[5]) {
    return Bad("the SHA-256 of the file is another one: it was changed on its way");
  }
  return WholeFile{sums_};
}

std::optional<std::string> ItemReader::AtEnd() const {
  if (awaits_ == Awaits::kNothing) {
    return std::nullopt;
  }
  return absl::StrCat("the file is cut after line ", lines_,
                      ": there is no #end line; items before it were taken, send the whole file "
                      "again");
}

}  // namespace tanhui::settlement
