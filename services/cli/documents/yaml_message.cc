#include "services/cli/documents/yaml_message.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/core/check.h"

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
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const auto* reflection = message->GetReflection();
      return ReadMessage(node, place,
                         field.is_repeated() ? reflection->AddMessage(message, &field)
                                             : reflection->MutableMessage(message, &field));
    }
    if (!node.IsScalar()) {
      return Fault(node, place, "needs one value, not a list or names with values");
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

template <typename Unsigned>
bool ReadUnsigned(const std::string& text, Unsigned* number) {
  return IsDigits(text) && absl::SimpleAtoi(text, number);
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
};

template <typename Unsigned>
std::string SetNumber(const std::string& text, const Setter& setter) {
  Unsigned number = 0;
  if (!ReadUnsigned(text, &number)) {
    return absl::StrCat("`", text, "` is no whole number from 0 to ",
                        std::numeric_limits<Unsigned>::max());
  }
  setter.Number(number);
  return {};
}

std::string Reader::SetScalar(const std::string& text, const FieldDescriptor& field,
                              Message* message) {
  const Setter setter{message, &field};
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      setter.String(text);
      return {};
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
    case FieldDescriptor::CPPTYPE_STRING:
      *out << (listed ? reflection.GetRepeatedString(message, &field, index)
                      : reflection.GetString(message, &field));
      return;
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
    default:
      EmitMessage(listed ? reflection.GetRepeatedMessage(message, &field, index)
                         : reflection.GetMessage(message, &field),
                  out);
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
