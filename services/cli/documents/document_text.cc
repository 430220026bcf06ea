#include "services/cli/documents/document_text.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/documents/yaml_message.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::cli {
namespace {

using google::protobuf::Message;

constexpr std::array<std::pair<entry::v1::DocumentKind, std::string_view>, 5> kKinds = {{
    {entry::v1::DOCUMENT_KIND_RULE_SET, "rule_set"},
    {entry::v1::DOCUMENT_KIND_CATALOGUE, "catalogue"},
    {entry::v1::DOCUMENT_KIND_STATION_TABLE, "station_table"},
    {entry::v1::DOCUMENT_KIND_MATERIAL_TABLE, "material_table"},
    {entry::v1::DOCUMENT_KIND_ACCOUNT_CODES, "account_codes"},
}};

// Keeps the first error of the text format's parser.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber /*column*/,
                const std::string& message) override {
    if (message_.empty()) {
      line_ = line + 1;  // the parser counts from 0
      message_ = message;
    }
  }
  absl::Status StatusOf(std::string_view file) const {
    return absl::InvalidArgumentError(absl::StrCat(std::string(file), ":", line_, ": ", message_));
  }

 private:
  int line_ = 0;
  std::string message_ = {};
};

absl::Status ReadTextFormat(std::string_view file, std::string_view text, Message* document) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (!parser.Parse(&input, document)) {
    return error.StatusOf(file);
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view DocumentKindName(entry::v1::DocumentKind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) {
      return name;
    }
  }
  return {};
}

std::optional<entry::v1::DocumentKind> DocumentKindNamed(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) {
      return kind;
    }
  }
  return std::nullopt;
}

std::unique_ptr<Message> NewDocument(entry::v1::DocumentKind kind) {
  switch (kind) {
    case entry::v1::DOCUMENT_KIND_RULE_SET:
      return std::make_unique<entry::v1::RuleSet>();
    case entry::v1::DOCUMENT_KIND_CATALOGUE:
      return std::make_unique<entry::v1::Catalogue>();
    case entry::v1::DOCUMENT_KIND_STATION_TABLE:
      return std::make_unique<entry::v1::StationTable>();
    case entry::v1::DOCUMENT_KIND_MATERIAL_TABLE:
      return std::make_unique<entry::v1::MaterialTable>();
    case entry::v1::DOCUMENT_KIND_ACCOUNT_CODES:
      return std::make_unique<entry::v1::AccountCodes>();
    default:
      Check(false, "a document is of one of five kinds");
      return nullptr;
  }
}

entry::v1::DocumentKind DocumentKindOf(const Message& document) {
  for (const auto& [kind, name] : kKinds) {
    if (NewDocument(kind)->GetDescriptor() == document.GetDescriptor()) {
      return kind;
    }
  }
  Check(false, "a document is of one of five types");
  return entry::v1::DOCUMENT_KIND_UNSPECIFIED;
}

DocumentHead DocumentHeadOf(const Message& document) {
  const google::protobuf::Descriptor& type = *document.GetDescriptor();
  const google::protobuf::Reflection& reflection = *document.GetReflection();
  const auto text = [&](const char* name) {
    return reflection.GetString(document, type.FindFieldByName(name));
  };
  return {.code = text("code"),
          .version = reflection.GetUInt32(document, type.FindFieldByName("version")),
          .first_date = text("first_date"),
          .display_name = text("display_name")};
}

void SetDocumentHead(const DocumentHead& head, Message* document) {
  const google::protobuf::Descriptor& type = *document->GetDescriptor();
  const google::protobuf::Reflection& reflection = *document->GetReflection();
  const auto set = [&](const char* name, const std::string& text) {
    reflection.SetString(document, type.FindFieldByName(name), text);
  };
  set("code", head.code);
  reflection.SetUInt32(document, type.FindFieldByName("version"), head.version);
  set("first_date", head.first_date);
  set("display_name", head.display_name);
}

absl::Status ReadDocumentText(std::string_view file, std::string_view text, Message* document) {
  document->Clear();
  if (!IsUtf8(text)) {
    return absl::InvalidArgumentError(absl::StrCat(
        std::string(file), ": is not UTF-8 text; save it in that encoding and try again"));
  }
  return file.ends_with(".textproto") ? ReadTextFormat(file, text, document)
                                      : ReadYamlMessage(file, text, document);
}

absl::Status ReadDocumentFile(const std::string& path, Message* document) {
  const absl::StatusOr<std::string> text = ReadWholeFile(path);
  return text.ok() ? ReadDocumentText(path, *text, document) : text.status();
}

std::string DocumentYaml(const Message& document) { return WriteYamlMessage(document); }

std::string DocumentBytes(const Message& document) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream output(&bytes);
    google::protobuf::io::CodedOutputStream coded(&output);
    coded.SetSerializationDeterministic(true);
    Check(document.SerializeToCodedStream(&coded), "a message in memory can be serialised");
  }
  return bytes;
}

absl::Status ReadDocumentBytes(std::string_view bytes, Message* document) {
  if (!document->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(absl::StrCat("these bytes are no ",
                                                   document->GetDescriptor()->name(),
                                                   "; look at the kind of the document"));
  }
  return absl::OkStatus();
}

}  // namespace tanhui::cli
