#include "services/cli/documents/catalogue_builder.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/core/business_time.h"
#include "services/cli/csv/csv_lines.h"

namespace tanhui::cli {
namespace {

using entry::v1::Product;

constexpr std::size_t kLongestCode = 80;
constexpr std::size_t kLongestCategory = 32;
constexpr std::size_t kMostDigits = 15;    // of watt-hours: far below what 64 bits hold
constexpr std::size_t kDecimalPlaces = 3;  // a thousandth of a kilowatt-hour is a watt-hour

namespace native {
enum : std::size_t { kCode, kCategory, kBrand, kName, kGrade, kSaving, kCertificate, kFrom, kTo };
constexpr std::array<std::string_view, 4> kRequired = {"code", "category", "brand", "display_name"};
constexpr std::array<std::string_view, 5> kOptional = {"energy_grade", "yearly_saving_kwh",
                                                       "certificate", "valid_from", "valid_to"};
}  // namespace native

namespace energy_star {
enum : std::size_t { kBrand, kModel, kUse, kStandard, kId };
constexpr std::array<std::string_view, 5> kRequired = {
    "Brand Name", "Model Number", "Annual Energy Use (kWh/yr)", "US Federal Standard (kWh/yr)",
    "ENERGY STAR Unique ID"};
}  // namespace energy_star

// Why a line is left out; no reason when it is not.
struct Fault {
  std::string_view reason;
  std::string detail;
};

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

// Kilowatt-hours such as 51.5 as watt-hours; -0.1 is -100.
std::optional<std::int64_t> ReadWattHours(std::string_view text) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 1 : 0);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view places = point < text.size() ? text.substr(point + 1) : "";
  const bool has_places = point == text.size() || !places.empty();
  if (whole.empty() || !has_places || !IsDigits(whole) || !IsDigits(places) ||
      places.size() > kDecimalPlaces || whole.size() + kDecimalPlaces > kMostDigits) {
    return std::nullopt;
  }
  std::string digits(whole);
  digits.append(places).append(kDecimalPlaces - places.size(), '0');
  std::int64_t watt_hours = 0;
  if (!absl::SimpleAtoi(digits, &watt_hours)) {
    return std::nullopt;
  }
  return negative ? -watt_hours : watt_hours;
}

bool IsDate(std::string_view text) {
  return ParseShanghai(absl::StrCat(std::string(text), " 00:00:00")).has_value();
}

bool IsCategory(std::string_view text) {
  return !text.empty() && text.size() <= kLongestCategory &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

// Spaces that nobody sees but that are none of ASCII: no-break, ideographic and zero-width ones.
constexpr std::array<std::string_view, 3> kOtherSpaces = {"\u00A0", "\u3000", "\uFEFF"};

std::string Trimmed(const CsvColumns& columns, const CsvLine& line, std::size_t column) {
  const std::string_view field = columns.Get(line, column);
  absl::string_view rest(field.data(), field.size());
  for (std::size_t before = rest.size() + 1; rest.size() < before;) {
    before = rest.size();
    rest = absl::StripAsciiWhitespace(rest);
    for (const std::string_view space : kOtherSpaces) {
      while (absl::ConsumePrefix(&rest, space.data()) || absl::ConsumeSuffix(&rest, space.data())) {
      }
    }
  }
  return std::string(rest);
}

// The first of the columns that the line leaves empty.
Fault FirstMissing(const CsvColumns& columns, const CsvLine& line,
                   std::span<const std::string_view> required) {
  for (std::size_t i = 0; i < required.size(); ++i) {
    if (Trimmed(columns, line, i).empty()) {
      return {"missing_field", absl::StrCat("no ", std::string(required[i]))};
    }
  }
  return {};
}

Fault SetSaving(std::int64_t watt_hours, Product* product) {
  if (watt_hours < 0) {
    return {"negative_saving", absl::StrCat("it uses ", -watt_hours,
                                            " Wh a year more than the "
                                            "reference")};
  }
  product->set_saving_watt_hours(static_cast<std::uint64_t>(watt_hours));
  return {};
}

Fault ReadNativeDates(const CsvColumns& columns, const CsvLine& line, Product* product) {
  product->set_valid_from(Trimmed(columns, line, native::kFrom));
  product->set_valid_to(Trimmed(columns, line, native::kTo));
  for (const std::string& date : {product->valid_from(), product->valid_to()}) {
    if (!date.empty() && !IsDate(date)) {
      return {"malformed_date", absl::StrCat("`", date, "` is no date YYYY-MM-DD")};
    }
  }
  if (!product->valid_to().empty() && product->valid_to() < product->valid_from()) {
    return {"malformed_date", "valid_to is before valid_from"};
  }
  return {};
}

Fault ReadNative(const CsvColumns& columns, const CsvLine& line, Product* product) {
  const Fault missing = FirstMissing(columns, line, native::kRequired);
  if (!missing.reason.empty()) {
    return missing;
  }
  product->set_code(Trimmed(columns, line, native::kCode));
  product->set_category(Trimmed(columns, line, native::kCategory));
  product->set_brand(Trimmed(columns, line, native::kBrand));
  product->set_display_name(Trimmed(columns, line, native::kName));
  product->set_certificate(Trimmed(columns, line, native::kCertificate));
  if (!IsCategory(product->category())) {
    return {"malformed_category",
            absl::StrCat("`", product->category(), "` is not 1 to 32 of a-z, 0-9 and _")};
  }
  const std::string grade = Trimmed(columns, line, native::kGrade);
  std::uint32_t energy_grade = 0;
  if (!grade.empty() && (!IsDigits(grade) || !absl::SimpleAtoi(grade, &energy_grade))) {
    return {"malformed_number", absl::StrCat("energy_grade `", grade, "` is no whole number")};
  }
  product->set_energy_grade(energy_grade);
  const Fault dates = ReadNativeDates(columns, line, product);
  if (!dates.reason.empty()) {
    return dates;
  }
  const std::string saving = Trimmed(columns, line, native::kSaving);
  if (saving.empty()) {
    return {};
  }
  const std::optional<std::int64_t> watt_hours = ReadWattHours(saving);
  return watt_hours ? SetSaving(*watt_hours, product)
                    : Fault{"malformed_number", absl::StrCat("yearly_saving_kwh `", saving,
                                                             "` is no decimal of at most three "
                                                             "places")};
}

Fault ReadEnergyStar(const CsvColumns& columns, const CsvLine& line, Product* product) {
  const Fault missing = FirstMissing(columns, line, energy_star::kRequired);
  if (!missing.reason.empty()) {
    return missing;
  }
  const std::string brand = Trimmed(columns, line, energy_star::kBrand);
  const std::string model = Trimmed(columns, line, energy_star::kModel);
  product->set_code(absl::StrCat(brand, " ", model));
  product->set_category("refrigerator");
  product->set_brand(brand);
  product->set_display_name(product->code());
  product->set_certificate(Trimmed(columns, line, energy_star::kId));
  const std::string use = Trimmed(columns, line, energy_star::kUse);
  const std::string standard = Trimmed(columns, line, energy_star::kStandard);
  const std::optional<std::int64_t> used = ReadWattHours(use);
  const std::optional<std::int64_t> allowed = ReadWattHours(standard);
  if (!used || !allowed || *used < 0 || *allowed < 0) {
    return {"malformed_number", absl::StrCat("`", use, "` or `", standard,
                                             "` kWh is no decimal of at most three places")};
  }
  if (*used == *allowed) {
    return {"no_saving", absl::StrCat("it uses ", use, " kWh a year, as much as the standard")};
  }
  return SetSaving(*allowed - *used, product);
}

class Builder {
 public:
  Builder(CatalogueLayout layout, BuiltDocument<entry::v1::Catalogue>* built)
      : layout_(layout), built_(built) {}

  void Read(const CsvColumns& columns, const CsvLine& line) {
    ++built_->lines;
    Product product;
    const Fault fault = FaultOf(columns, line, &product);
    if (!fault.reason.empty()) {
      built_->Report(line.number, fault.reason, fault.detail);
      return;
    }
    taken_.emplace(product.code(), line.number);
    *built_->document.add_products() = std::move(product);
  }

 private:
  Fault FaultOf(const CsvColumns& columns, const CsvLine& line, Product* product) const {
    const std::string_view unreadable = columns.FaultOf(line);
    if (!unreadable.empty()) {
      return {"malformed", std::string(unreadable)};
    }
    Fault fault = layout_ == CatalogueLayout::kNative ? ReadNative(columns, line, product)
                                                      : ReadEnergyStar(columns, line, product);
    if (!fault.reason.empty()) {
      return fault;
    }
    if (product->code().size() > kLongestCode || !IsName(product->code())) {
      return {"malformed_code", absl::StrCat("`", product->code(), "` has a tab or is longer than ",
                                             kLongestCode, " bytes")};
    }
    for (const std::string& text :
         {product->brand(), product->display_name(), product->certificate()}) {
      if (!IsName(text)) {
        return {"malformed_name",
                absl::StrCat("`", text, "` has a tab or is longer than ", kLongestName, " bytes")};
      }
    }
    const auto earlier = taken_.find(product->code());
    if (earlier != taken_.end()) {
      return {"repeated_model",
              absl::StrCat(product->code(), " is on line ", earlier->second, " already")};
    }
    return {};
  }

  CatalogueLayout layout_;
  BuiltDocument<entry::v1::Catalogue>* built_;
  std::map<std::string, std::uint64_t> taken_;  // line by code
};

}  // namespace

std::optional<CatalogueLayout> CatalogueLayoutNamed(std::string_view name) {
  if (name == "native") {
    return CatalogueLayout::kNative;
  }
  if (name == "energy_star") {
    return CatalogueLayout::kEnergyStar;
  }
  return std::nullopt;
}

absl::StatusOr<BuiltDocument<entry::v1::Catalogue>> BuildCatalogue(std::string_view csv,
                                                                   CatalogueLayout layout,
                                                                   const DocumentHead& head,
                                                                   std::string_view publisher) {
  CsvLines lines(csv);
  const absl::StatusOr<CsvColumns> columns =
      layout == CatalogueLayout::kNative
          ? CsvColumns::Find(&lines, native::kRequired, native::kOptional)
          : CsvColumns::Find(&lines, energy_star::kRequired, {});
  if (!columns.ok()) {
    return columns.status();
  }
  BuiltDocument<entry::v1::Catalogue> built;
  SetDocumentHead(head, &built.document);
  built.document.set_publisher(std::string(publisher));
  Builder builder(layout, &built);
  while (const CsvLine* line = lines.Next()) {
    builder.Read(*columns, *line);
  }
  return built;
}

}  // namespace tanhui::cli
