// Documents as people write and read them: YAML, or protobuf text format.
//
// YAML names the fields of documents.proto. A scalar is read as it stands, so 46.7 and "46.7" are
// the same exact text. A value of an enum is its full name or the short one: metre for UNIT_METRE,
// stations for MEASURE_STATIONS.
#ifndef TANHUI_SERVICES_CLI_DOCUMENTS_DOCUMENT_TEXT_H_
#define TANHUI_SERVICES_CLI_DOCUMENTS_DOCUMENT_TEXT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::cli {

// What stands at the head of every document.
struct DocumentHead {
  std::string code;
  std::uint32_t version = 1;
  std::string first_date;  // YYYY-MM-DD
  std::string display_name;
};

// rule_set, catalogue, station_table, material_table or account_codes; empty for a kind that is
// none.
std::string_view DocumentKindName(entry::v1::DocumentKind kind);
std::optional<entry::v1::DocumentKind> DocumentKindNamed(std::string_view name);

// An empty document of that kind, which must be one of the four (Check).
std::unique_ptr<google::protobuf::Message> NewDocument(entry::v1::DocumentKind kind);
// The kind of a document that NewDocument made, or of any message of those four types (Check).
entry::v1::DocumentKind DocumentKindOf(const google::protobuf::Message& document);
DocumentHead DocumentHeadOf(const google::protobuf::Message& document);
void SetDocumentHead(const DocumentHead& head, google::protobuf::Message* document);

// Reads `text`, which came from `file`, into `document`, any message; what it held is gone. A file
// that ends in .textproto is protobuf text format, any other YAML. Only the form is checked, not
// whether the document makes sense. Errors read `FILE:LINE: PATH: what is wrong`, such as
//   chongqing.yaml:12: rules[3].unit: `mile` is none of time, metre, step, gram, item, watt_hour
absl::Status ReadDocumentText(std::string_view file, std::string_view text,
                              google::protobuf::Message* document);
// The same, of a file on disk of at most 64 MiB.
absl::Status ReadDocumentFile(const std::string& path, google::protobuf::Message* document);

// YAML that ReadDocumentText reads back to an equal message. Fields in the order of
// documents.proto, those that are not set left out.
std::string DocumentYaml(const google::protobuf::Message& document);

// The bytes that are cut into parts, hashed and signed: equal messages have equal bytes.
std::string DocumentBytes(const google::protobuf::Message& document);
// Reads bytes of the log back. Fails when they are no message of that type.
absl::Status ReadDocumentBytes(std::string_view bytes, google::protobuf::Message* document);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_DOCUMENTS_DOCUMENT_TEXT_H_
