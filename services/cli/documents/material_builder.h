// A table of materials from a list of household waste.
#ifndef TANHUI_SERVICES_CLI_DOCUMENTS_MATERIAL_BUILDER_H_
#define TANHUI_SERVICES_CLI_DOCUMENTS_MATERIAL_BUILDER_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/documents/built_document.h"
#include "services/cli/documents/document_text.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::cli {

// Key words of each material: `glass: [玻璃, 酒瓶]`.
using MaterialWords = std::map<std::string, std::vector<std::string>>;

// Reads key words from YAML, which came from `file`: a map from the code of a material to a list of
// words. Errors as of ReadDocumentText.
absl::StatusOr<MaterialWords> ReadMaterialWords(std::string_view file, std::string_view yaml);

// `csv` is a whole file without a header; each line is an item and the sum of its classes:
//   1 recyclable, 2 hazardous, 4 household food, 8 other, 16 bulky
// That is not documented where the file comes from; it was read off items that everybody knows:
// newspapers and glass bottles have 1, batteries and medicine 2, left-over rice and vegetable
// leaves 4, nappies and toilet paper 8, sofas and mattresses 16.
//
// Taken is an item of class recyclable alone that has key words of one material; letters count the
// same in upper and lower case. Nothing is guessed. Odd lines, all left out:
//   malformed         not an item and its classes
//   several_classes   recyclable and something else
//   contradiction     another line has the item, but for upper and lower case, in other classes;
//                     both are left out
//   repeated_item     an earlier line has the item in the same classes
//   several_materials key words of two materials or more
//   no_material       recyclable, but no key word
// Items that are not recyclable are left out and are not odd.
absl::StatusOr<BuiltDocument<entry::v1::MaterialTable>> BuildMaterialTable(
    std::string_view csv, const MaterialWords& words, const DocumentHead& head);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_DOCUMENTS_MATERIAL_BUILDER_H_
