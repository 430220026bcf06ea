#include "ledger/rules/document_check.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include "ledger/core/check.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsCode(std::string_view text, std::size_t most, bool dash) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [dash](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                  (dash && c == '-');
         });
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

void Found::Add(const Found& more) {
  for (const Problem& problem : more.all_) {
    if (!full()) {
      all_.push_back(problem);
    }
  }
}

Found Collected(std::initializer_list<Found> parts) {
  Found all;
  for (const Found& part : parts) {
    all.Add(part);
  }
  return all;
}

Found Inside(std::string_view field, Found found) {
  for (Problem& problem : found.all_) {
    problem.path = problem.path.empty() ? std::string(field)
                                        : std::string(field) + "." + std::move(problem.path);
  }
  return found;
}

Found WantCode(std::string_view text, std::string_view path) {
  return Want(IsCode(text, kMaxCode, true), path, "must be 1 to 40 of a-z, 0-9, - and _");
}

Found WantWord(std::string_view text, std::string_view path) {
  return Want(IsCode(text, kMaxWord, false), path, "must be 1 to 32 of a-z, 0-9 and _");
}

Found WantText(std::string_view text, std::size_t most, std::string_view path) {
  if (text.empty()) {
    return Problem{std::string(path), "is missing"};
  }
  if (text.size() > most) {
    return Problem{std::string(path), "must be at most " + std::to_string(most) + " bytes"};
  }
  return Want(!HasControlCharacter(text), path, "must be one line without control characters");
}

Found WantAtMost(std::uint64_t number, std::uint64_t most, std::string_view path) {
  return number <= most
             ? std::nullopt
             : Found(Problem{std::string(path), "must be at most " + std::to_string(most)});
}

Found WantDate(std::string_view text, std::string_view path) {
  return Want(ReadDate(text).has_value(), path, "must be a date, YYYY-MM-DD");
}

Found WantDates(std::string_view first, std::string_view last, std::string_view first_path,
                std::string_view last_path) {
  if (Found found = Collected({WantDate(first, first_path), WantDate(last, last_path)})) {
    return found;
  }
  return Want(*ReadDate(first) <= *ReadDate(last), last_path, "is before the first date");
}

Found WantSource(const pb::Source& source, std::string_view path) {
  return Inside(path, Collected({Want(source.mark() >= pb::SOURCE_MARK_VERIFIED &&
                                          source.mark() <= pb::SOURCE_MARK_ASSUMED,
                                      "mark", "must say how sure the figure is"),
                                 WantText(source.text(), kMaxSourceText, "text")}));
}

Found WantHeading(std::string_view code, std::uint32_t version, std::string_view first_date,
                  std::string_view display_name) {
  return Collected({WantCode(code, "code"), Want(version > 0, "version", "must be at least 1"),
                    WantDate(first_date, "first_date"),
                    WantText(display_name, kMaxDisplayName, "display_name")});
}

std::optional<BusinessDate> ReadDate(std::string_view text) {
  const auto midnight = ParseShanghai(std::string(text) + " 00:00:00");
  if (!midnight.has_value() || *midnight < kEarliestTime || *midnight > kLatestTime) {
    return std::nullopt;
  }
  return ShanghaiDate(*midnight);
}

BusinessDate CheckedDate(std::string_view text) {
  if (text.empty()) {
    return BusinessDate(0);
  }
  const auto date = ReadDate(text);
  Check(date.has_value(), "a date of a document was not checked");
  return *date;
}

bool HasUnknownField(const Message& message) {
  const auto& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) {
    return true;
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    }
    if (!field->is_repeated()) {
      if (HasUnknownField(reflection.GetMessage(message, field))) {
        return true;
      }
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (HasUnknownField(reflection.GetRepeatedMessage(message, field, i))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace tanhui::rules
