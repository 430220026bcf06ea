// The checks of catalogues, tables of stations and tables of materials.
#ifndef TANHUI_LEDGER_RULES_TABLE_DOCUMENTS_H_
#define TANHUI_LEDGER_RULES_TABLE_DOCUMENTS_H_

#include "ledger/rules/document_check.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::rules {

// What is wrong with the message by itself.
Found CheckCatalogue(const entry::v1::Catalogue& catalogue);
Found CheckStationTable(const entry::v1::StationTable& table);
Found CheckMaterialTable(const entry::v1::MaterialTable& table);

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_TABLE_DOCUMENTS_H_
