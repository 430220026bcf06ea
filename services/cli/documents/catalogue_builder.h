// A catalogue of products from a list of them.
#ifndef TANHUI_SERVICES_CLI_DOCUMENTS_CATALOGUE_BUILDER_H_
#define TANHUI_SERVICES_CLI_DOCUMENTS_CATALOGUE_BUILDER_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/cli/documents/built_document.h"
#include "services/cli/documents/document_text.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::cli {

// Which columns a list has.
enum class CatalogueLayout {
  // code, category, brand, display_name, energy_grade, yearly_saving_kwh, certificate, valid_from,
  // valid_to; the last five may be empty or missing.
  kNative,
  // Brand Name, Model Number, Annual Energy Use (kWh/yr), US Federal Standard (kWh/yr) and ENERGY
  // STAR Unique ID, of refrigerators: what it saves is the standard less the use.
  kEnergyStar,
};

// native or energy_star.
std::optional<CatalogueLayout> CatalogueLayoutNamed(std::string_view name);

// `csv` is a whole file. Kilowatt-hours are exact decimals with at most three places: watt-hours.
// Lines that are left out, with the first reason that holds:
//   malformed         cannot be read; no field may hold a line break
//   missing_field     a field that a product needs is empty
//   malformed_code    longer than 80 bytes, or with a tab
//   malformed_name    another text is longer than 200 bytes, or has a tab
//   malformed_category  not 1 to 32 of a-z, 0-9 and _
//   malformed_number  not a decimal of at most three places and 15 digits, or no energy grade
//   malformed_date    not YYYY-MM-DD, or valid_to is before valid_from
//   negative_saving   the product uses more than its reference
//   no_saving         as much as its reference (energy_star)
//   repeated_model    an earlier line that was taken has the code
absl::StatusOr<BuiltDocument<entry::v1::Catalogue>> BuildCatalogue(std::string_view csv,
                                                                   CatalogueLayout layout,
                                                                   const DocumentHead& head,
                                                                   std::string_view publisher);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_DOCUMENTS_CATALOGUE_BUILDER_H_
