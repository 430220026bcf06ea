// Any protobuf message as YAML, by the names of its fields.
#ifndef TANHUI_SERVICES_CLI_DOCUMENTS_YAML_MESSAGE_H_
#define TANHUI_SERVICES_CLI_DOCUMENTS_YAML_MESSAGE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace tanhui::cli {

// Puts the fields that `text` names into `message`, which must be empty. Fields are singular or
// repeated texts, booleans, enums, numbers of 64 bits, unsigned ones of 32, times (as ParseTime
// reads them), bytes (hexadecimal), and messages of such fields (Check). An unknown key, one that
// comes twice, one without a value and a value of another form are errors, each on a line of its
// own: `FILE:LINE: PATH: what is wrong`. At most 50 are told.
absl::Status ReadYamlMessage(std::string_view file, std::string_view text,
                             google::protobuf::Message* message);

// YAML that ReadYamlMessage reads back; fields in the order of their numbers, those that are not
// set left out.
std::string WriteYamlMessage(const google::protobuf::Message& message);

// UNIT_WATT_HOUR as watt_hour; empty for the value that says nothing was stated.
std::string ShortEnumName(const google::protobuf::EnumValueDescriptor& value);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_DOCUMENTS_YAML_MESSAGE_H_
