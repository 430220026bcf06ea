// Documents that a server has: their names, and the newest one of a code.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_RULES_PUBLISHED_DOCUMENT_H_
#define TANHUI_SERVICES_CLI_COMMANDS_RULES_PUBLISHED_DOCUMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "grpcpp/support/status.h"
#include "services/cli/client/connection.h"
#include "tanhui/entry/v1/entry.pb.h"
#include "tanhui/v1/rules.pb.h"

namespace tanhui::cli {

v1::DocumentKind ApiKind(entry::v1::DocumentKind kind);
// UNSPECIFIED for a kind that is none.
entry::v1::DocumentKind EntryKind(v1::DocumentKind kind);

// ruleSets, catalogues, stationTables, materialTables or accountCodes.
std::string_view CollectionOf(entry::v1::DocumentKind kind);

// `version` 0: the newest one. nullopt when there is none; `status` says whether that is so or the
// server could not be asked.
std::optional<v1::GetDocumentResponse> FetchDocument(const Connection& connection,
                                                     entry::v1::DocumentKind kind,
                                                     const std::string& code, std::uint32_t version,
                                                     grpc::Status* status);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_RULES_PUBLISHED_DOCUMENT_H_
