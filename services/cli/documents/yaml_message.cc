#include "services/cli/documents/yaml_message.h"

#include <google/protobuf/util/time_util.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <type_traits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/timestamp.pb.h"
#include "ledger/core/check.h"
#include "services/cli/client/request_stamp.h"

namespace tanhui::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What the zero value of every enum of ours ends in; the prefix of the others stands before it.
constexpr std::string_view kUnstated = "UNSPECIFIED";
constexpr std::size_t kMostFaults = 50;

bool IsTime(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type() == google::protobuf::Timestamp::descriptor();
}

std::string Prefix(const EnumDescriptor& type) {
  const std::string& zero = type.value(0)->name();
  Check(zero.ends_with(kUnstated), "the first value of an enum says that none is stated");
  return zero.substr(0, zero.size() - kUnstated.size());
}

std::string Joined(const std::string& path, const std::string& name) {
  return path.empty() ? name : absl::StrCat(path, ".", name);
}

// Reads one file and goes on after a fault, so that all of them can be told.
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  void ReadMessage(const YAML::Node& node, const std::string& path, Message* message) {
    if (!node.IsMap()) {
      return Fault(node, path, "needs names with values, such as `code: chongqing`");
    }
    const Descriptor& type = *message->GetDescriptor();
    std::set<std::string> seen;
    for (const auto& pair : node) {
      const std::string name = pair.first.IsScalar() ? pair.first.Scalar() : "";
      const FieldDescriptor* field = type.FindFieldByName(name);
      const std::string place = Joined(path, name);
      if (field == nullptr) {
        Fault(pair.first, path,
              absl::StrCat("`", name, "` is not known here; known are ", FieldNames(type)));
      } else if (!seen.insert(name).second) {
        Fault(pair.first, place, "stands here twice; keep one of them");
      } else if (pair.second.IsNull()) {
        Fault(pair.first, place, "has no value; give it one or take the line out");
      } else {
        ReadField(pair.second, *field, place, message);
      }
    }
  }

  // `mark` counts from 0; there is none of an empty file.
  void Fault(const YAML::Mark& mark, const std::string& path, const std::string& what) {
    if (faults_.size() < kMostFaults) {
      faults_.push_back(absl::StrCat(file_, ":", std::max(mark.line, 0) + 1, ": ", path,
                                     path.empty() ? "" : ": ", what));
    }
  }
  void Fault(const YAML::Node& node, const std::string& path, const std::string& what) {
    Fault(node.Mark(), path, what);
  }

  absl::Status Outcome() const {
    return faults_.empty() ? absl::OkStatus()
                           : absl::InvalidArgumentError(absl::StrJoin(faults_, "\n"));
  }

 private:
  void ReadField(const YAML::Node& node, const FieldDescriptor& field, const std::string& place,
                 Message* message) {
    if (!field.is_repeated()) {
      return ReadValue(node, field, place, message);
    }
    if (!node.IsSequence()) {
      return Fault(node, place, "needs a list: [a, b], or lines that begin with `-`");
    }
    std::size_t index = 0;
    for (const YAML::Node& item : node) {
      ReadValue(item, field, absl::StrCat(place, "[", index++, "]"), message);
    }
  }

  void ReadValue(const YAML::Node& node, const FieldDescriptor& field, const std::string& place,
                 Message* message) {
    const auto part = [&field, message] {
      const auto* reflection = message->GetReflection();
      return field.is_repeated() ? reflection->AddMessage(message, &field)
                                 : reflection->MutableMessage(message, &field);
    };
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsTime(field)) {
      return ReadMessage(node, place, part());
    }
    if (!node.IsScalar()) {
      return Fault(node, place, "needs one value, not a list or names with values");
    }
    if (IsTime(field)) {
      const absl::StatusOr<LedgerTime> time = ParseTime(node.Scalar());
      if (!time.ok()) {
        return Fault(node, place, std::string(time.status().message()));
      }
      return part()->CopyFrom(ToTimestamp(*time));
    }
    const std::string fault = SetScalar(node.Scalar(), field, message);
    if (!fault.empty()) {
      Fault(node, place, fault);
    }
  }

  // What is wrong with the value; empty when nothing is.
  static std::string SetScalar(const std::string& text, const FieldDescriptor& field,
                               Message* message);
  static std::string FieldNames(const Descriptor& type) {
    std::vector<std::string> names;
    for (int i = 0; i < type.field_count(); ++i) {
      names.push_back(type.field(i)->name());
    }
    return absl::StrJoin(names, ", ");
  }

  std::string file_;
  std::vector<std::string> faults_;
};

const EnumValueDescriptor* EnumValueNamed(const EnumDescriptor& type, const std::string& text) {
  for (int i = 1; i < type.value_count(); ++i) {
    if (text == type.value(i)->name() || text == ShortEnumName(*type.value(i))) {
      return type.value(i);
    }
  }
  return nullptr;
}

std::string EnumFault(const EnumDescriptor& type, const std::string& text) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) {
    names.push_back(ShortEnumName(*type.value(i)));
  }
  return absl::StrCat("`", text, "` is none of ", absl::StrJoin(names, ", "));
}

bool IsDigits(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

// Digits alone, after a minus where the number may be below zero.
template <typename Number>
bool ReadNumber(const std::string& text, Number* number) {
  const bool below = std::is_signed_v<Number> && text.starts_with('-');
  return IsDigits(below ? text.substr(1) : text) && absl::SimpleAtoi(text, number);
}

// Sets or adds one value of a field by its type.
struct Setter {
  Message* message;
  const FieldDescriptor* field;

  void String(const std::string& value) const {
    const auto* reflection = message->GetReflection();
    field->is_repeated() ? reflection->AddString(message, field, value)
                         : reflection->SetString(message, field, value);
  }
  void Enum(const EnumValueDescriptor* value) const {
    const auto* reflection = message->GetReflection();
    field->is_repeated() ? reflection->AddEnum(message, field, value)
                         : reflection->SetEnum(message, field, value);
  }
  void Bool(bool value) const {
    const auto* reflection = message->GetReflection();
    field->is_repeated() ? reflection->AddBool(message, field, value)
                         : reflection->SetBool(message, field, value);
  }
  void Number(std::uint32_t value) const {
    const auto* reflection = message->GetReflection();
    field->is_repeated() ? reflection->AddUInt32(message, field, value)
                         : reflection->SetUInt32(message, field, value);
  }
  void Number(std::uint64_t value) const {
    const auto* reflection = message->GetReflection();
    field->is_repeated() ? reflection->AddUInt64(message, field, value)
                         : reflection->SetUInt64(message, field, value);
  }
  void Number(std::int64_t value) const {
    const auto* reflection = message->GetReflection();
    field->is_repeated() ? reflection->AddInt64(message, field, value)
                         : reflection->SetInt64(message, field, value);
  }
};

template <typename Number>
std::string SetNumber(const std::string& text, const Setter& setter) {
  Number number = 0;
  if (!ReadNumber(text, &number)) {
    return absl::StrCat("`", text, "` is no whole number from ", std::numeric_limits<Number>::min(),
                        " to ", std::numeric_limits<Number>::max());
  }
  setter.Number(number);
  return {};
}

std::string SetString(const std::string& text, const Setter& setter) {
  if (setter.field->type() != FieldDescriptor::TYPE_BYTES) {
    setter.String(text);
    return {};
  }
  const bool is_hex = text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), [](char c) {
                        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                      });
  if (!is_hex) {
    return absl::StrCat("`", text, "` is no hexadecimal number of whole bytes");
  }
  setter.String(absl::HexStringToBytes(text));
  return {};
}

std::string Reader::SetScalar(const std::string& text, const FieldDescriptor& field,
                              Message* message) {
  const Setter setter{message, &field};
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return SetString(text, setter);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") {
        return absl::StrCat("`", text, "` is neither true nor false");
      }
      setter.Bool(text == "true");
      return {};
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = EnumValueNamed(*field.enum_type(), text);
      if (value == nullptr) {
        return EnumFault(*field.enum_type(), text);
      }
      setter.Enum(value);
      return {};
    }
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetNumber<std::uint32_t>(text, setter);
    case FieldDescriptor::CPPTYPE_UINT64:
      return SetNumber<std::uint64_t>(text, setter);
    case FieldDescriptor::CPPTYPE_INT64:
      return SetNumber<std::int64_t>(text, setter);
    default:
      Check(false, "documents have no fields of other types");
      return {};
  }
}

void EmitMessage(const Message& message, YAML::Emitter* out);

// One value of a field; `index` is -1 for one that is not repeated.
void EmitValue(const Message& message, const FieldDescriptor& field, int index,
               YAML::Emitter* out) {
  const auto& reflection = *message.GetReflection();
  const bool listed = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = listed ? reflection.GetRepeatedString(message, &field, index)
                                      : reflection.GetString(message, &field);
      *out << (field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(text) : text);
      return;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      *out << (listed ? reflection.GetRepeatedBool(message, &field, index)
                      : reflection.GetBool(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      *out << ShortEnumName(listed ? *reflection.GetRepeatedEnum(message, &field, index)
                                   : *reflection.GetEnum(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      *out << (listed ? reflection.GetRepeatedUInt32(message, &field, index)
                      : reflection.GetUInt32(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      *out << (listed ? reflection.GetRepeatedUInt64(message, &field, index)
                      : reflection.GetUInt64(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      *out << (listed ? reflection.GetRepeatedInt64(message, &field, index)
                      : reflection.GetInt64(message, &field));
      return;
    default: {
      const Message& part = listed ? reflection.GetRepeatedMessage(message, &field, index)
                                   : reflection.GetMessage(message, &field);
      if (IsTime(field)) {
        *out << google::protobuf::util::TimeUtil::ToString(
            static_cast<const google::protobuf::Timestamp&>(part));
        return;
      }
      EmitMessage(part, out);
    }
  }
}

void EmitMessage(const Message& message, YAML::Emitter* out) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  *out << YAML::BeginMap;
  for (const FieldDescriptor* field : fields) {
    *out << YAML::Key << field->name() << YAML::Value;
    if (!field->is_repeated()) {
      EmitValue(message, *field, -1, out);
      continue;
    }
    const bool scalars = field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
    *out << (scalars ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      EmitValue(message, *field, i, out);
    }
    *out << YAML::EndSeq;
  }
  *out << YAML::EndMap;
}

}  // namespace

std::string ShortEnumName(const EnumValueDescriptor& value) {
  return value.number() == 0
             ? ""
             : absl::AsciiStrToLower(value.name().substr(Prefix(*value.type()).size()));
}

absl::Status ReadYamlMessage(std::string_view file, std::string_view text, Message* message) {
  Reader reader(file);
  try {
    // yaml-cpp takes a quote that is never closed when a line feed ends the file.
    const std::size_t end = text.find_last_not_of(" \t\r\n") + 1;
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text.substr(0, end)));
    if (documents.size() == 1) {
      reader.ReadMessage(documents[0], "", message);
    } else {
      reader.Fault(YAML::Mark(), "",
                   documents.empty() ? "is empty; it must hold a document"
                                     : "holds more than one document; take one `---` out");
    }
  } catch (const YAML::Exception& error) {
    reader.Fault(error.mark, "", absl::StrCat("is no YAML: ", error.msg));
  }
  return reader.Outcome();
}

std::string WriteYamlMessage(const Message& message) {
  YAML::Emitter out;
  EmitMessage(message, &out);
  return absl::StrCat(std::string(out.c_str(), out.size()), "\n");
}

}  // namespace tanhui::cli
