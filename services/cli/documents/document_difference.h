// What changes between two versions of a document.
#ifndef TANHUI_SERVICES_CLI_DOCUMENTS_DOCUMENT_DIFFERENCE_H_
#define TANHUI_SERVICES_CLI_DOCUMENTS_DOCUMENT_DIFFERENCE_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace tanhui::cli {

// A field that differs. A list of texts or of numbers reads `a, b`; a message within the item reads
// `points 1, grams 10`.
struct FieldChange {
  std::string field;   // as in documents.proto; of a message within the item `source.text`
  std::string before;  // empty: not set
  std::string after;
};

enum class ItemChangeKind { kAdded, kRemoved, kChanged };

// What changes about one item of a document: a scenario, a rate, a cap, a product, or the document
// itself.
struct ItemChange {
  ItemChangeKind kind = ItemChangeKind::kChanged;
  std::string path;                 // rules[recycling].rates[glass]; empty: the document itself
  std::string line;                 // for people: `scenario recycling, rate glass: grams 309 ...`
  std::vector<FieldChange> fields;  // of an added or a removed item all that are set
};

// Both must be documents of one type (Check). Items are matched by what names them (rules by
// scenario, rates, caps and products by code, tracks by the names of their stations and the line),
// wherever they stand; items that moved have not changed. In the order of the fields in
// documents.proto; removed items of a list come after the others. Empty when nothing changed.
std::vector<ItemChange> DocumentDifference(const google::protobuf::Message& before,
                                           const google::protobuf::Message& after);

// One line for each change, each ended by a line feed; `no change` when there is none.
std::string DifferenceText(const std::vector<ItemChange>& changes);

// A JSON object {"changes": [{"kind": "changed", "path": ..., "line": ...,
//                             "fields": [{"field": ..., "before": ..., "after": ...}]}]}
// on one line without a line feed.
std::string DifferenceJson(const std::vector<ItemChange>& changes);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_DOCUMENTS_DOCUMENT_DIFFERENCE_H_
