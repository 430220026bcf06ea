#include "services/cli/documents/document_difference.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/core/check.h"
#include "nlohmann/json.hpp"
#include "services/cli/documents/yaml_message.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What an item of a list is called, and which fields name it. A type that is not here is a part of
// the item that it stands in, such as the source of a figure.
struct ItemType {
  std::string_view type;
  std::string_view noun;
  std::vector<std::string_view> keys;
};

const std::vector<ItemType>& ItemTypes() {
  static const auto* const types = new std::vector<ItemType>{
      {"District", "district", {"code"}},
      {"GradeRate", "grade", {"grade"}},
      {"Rule", "scenario", {"scenario"}},
      {"Rate", "rate", {"code"}},
      {"Cap", "cap", {"code"}},
      {"Bonus", "bonus", {"code"}},
      {"Goal", "goal", {"code"}},
      {"Product", "product", {"code"}},
      {"Station", "station", {"city", "name"}},
      {"Track", "track", {"from", "to", "line"}},
      {"Material", "item", {"item"}},
  };
  return *types;
}

// A document itself has no key: it is compared with another version whatever its code.
const ItemType& ItemTypeOf(const google::protobuf::Descriptor& type) {
  static const auto* const root = new ItemType{};
  for (const ItemType& known : ItemTypes()) {
    if (known.type == type.name()) {
      return known;
    }
  }
  return *root;
}

bool IsItemList(const FieldDescriptor& field) {
  return field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

std::string ValueText(const Message& message, const FieldDescriptor& field);

// The fields of a message that are set, such as `points 1, grams 10`.
std::string PartText(const Message& part) {
  std::vector<const FieldDescriptor*> fields;
  part.GetReflection()->ListFields(part, &fields);
  std::vector<std::string> texts;
  for (const FieldDescriptor* field : fields) {
    texts.push_back(absl::StrCat(field->name(), " ", ValueText(part, *field)));
  }
  return absl::StrJoin(texts, ", ");
}

std::string ScalarText(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "";
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShortEnumName(*reflection.GetEnum(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(message, &field));
    default:
      return PartText(reflection.GetMessage(message, &field));
  }
}

// A field for people; empty when it is not set.
std::string ValueText(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    return reflection.HasField(message, &field) ? ScalarText(message, field) : "";
  }
  Check(field.cpp_type() == FieldDescriptor::CPPTYPE_STRING, "other lists are lists of items");
  std::vector<std::string> texts;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    texts.push_back(reflection.GetRepeatedString(message, &field, i));
  }
  return absl::StrJoin(texts, ", ");
}

// Where an item is, for machines and for people.
struct Place {
  std::string path;
  std::string label;
};

// `in_both`: the item is in both versions.
Place PlaceOf(const Place& parent, const FieldDescriptor& list, const std::string& key,
              bool in_both) {
  const std::string_view noun = ItemTypeOf(*list.message_type()).noun;
  Place place{
      .path = absl::StrCat(parent.path, parent.path.empty() ? "" : ".", list.name(), "[", key, "]"),
      .label = parent.label};
  if (key.empty() && in_both) {
    return place;  // the only rate of a scenario is the scenario's for people
  }
  absl::StrAppend(&place.label, parent.label.empty() ? "" : ", ", std::string(noun),
                  key.empty() ? "" : " ", key);
  return place;
}

// The lines for people of an item.
class Sentence {
 public:
  // `keys` are the fields that name the item: its label tells them.
  Sentence(const ItemChange& change, const std::vector<std::string_view>& keys)
      : change_(change), keys_(keys) {
    for (const FieldChange& field : change.fields) {
      by_name_.emplace(field.field, &field);
    }
  }

  // `before` and `after` tell what did not change: figures mean nothing without their `per`.
  std::string Line(const std::string& label, const Message* before, const Message* after) const {
    const std::string what = change_.kind == ItemChangeKind::kAdded     ? "added"
                             : change_.kind == ItemChangeKind::kRemoved ? "removed"
                                                                        : "";
    std::vector<std::string> parts;
    bool source = false;
    for (const FieldChange& field : change_.fields) {
      const bool of_source = field.field.find("source") != std::string::npos;
      if (of_source) {
        source = true;
      } else if (!(field.field == "per" && FigureChanged()) && !IsKey(field.field)) {
        parts.push_back(Part(field, before, after));
      }
    }
    std::string line = absl::StrJoin(parts, "; ");
    if (change_.kind == ItemChangeKind::kChanged && source) {
      absl::StrAppend(&line, line.empty() ? "source" : " (+ source)");
    }
    if (!what.empty()) {
      line = line.empty() || change_.kind == ItemChangeKind::kRemoved
                 ? what
                 : absl::StrCat(what, ": ", line);
    }
    return label.empty() ? line : absl::StrCat(label, ": ", line);
  }

 private:
  bool IsKey(const std::string& field) const {
    return std::find(keys_.begin(), keys_.end(), field) != keys_.end();
  }
  bool FigureChanged() const { return by_name_.contains("grams") || by_name_.contains("points"); }

  std::string Part(const FieldChange& field, const Message* before, const Message* after) const {
    if (field.field == "off" && change_.kind == ItemChangeKind::kChanged) {
      return field.after.empty()    ? "switched on"
             : field.before.empty() ? absl::StrCat("switched off (", field.after, ")")
                                    : absl::StrCat("off: ", field.before, " -> ", field.after);
    }
    const bool figure = field.field == "grams" || field.field == "points";
    const std::string was = absl::StrCat(field.before, figure ? Per(before, field.before) : "");
    const std::string is = absl::StrCat(field.after, figure ? Per(after, field.after) : "");
    if (change_.kind == ItemChangeKind::kAdded) {
      return absl::StrCat(field.field, " ", is);
    }
    return absl::StrCat(field.field, " ", was.empty() ? "none" : was, " -> ",
                        is.empty() ? "none" : is);
  }

  // Of a figure for several units: ` per 1000`.
  static std::string Per(const Message* item, const std::string& figure) {
    const FieldDescriptor* per =
        item == nullptr ? nullptr : item->GetDescriptor()->FindFieldByName("per");
    if (figure.empty() || per == nullptr) {
      return "";
    }
    const std::string text = ValueText(*item, *per);
    return absl::StrCat(" per ", text.empty() ? "1" : text);
  }

  const ItemChange& change_;
  const std::vector<std::string_view>& keys_;
  std::map<std::string, const FieldChange*> by_name_;
};

// Compares two documents of a type from the root down.
class Comparison {
 public:
  Comparison(const Message& before, const Message& after) : before_(before), after_(after) {}

  std::vector<ItemChange> Run() {
    Compare({}, &before_, &after_);
    return std::move(changes_);
  }

 private:
  // One of the two may be missing: then the item was added or removed.
  void Compare(const Place& place, const Message* before, const Message* after) {
    ItemChange change;
    change.kind = before == nullptr  ? ItemChangeKind::kAdded
                  : after == nullptr ? ItemChangeKind::kRemoved
                                     : ItemChangeKind::kChanged;
    change.path = place.path;
    const auto& type = *(before != nullptr ? before : after)->GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      if (!IsItemList(*type.field(i))) {
        CompareField(*type.field(i), "", before, after, &change);
      }
    }
    if (change.kind != ItemChangeKind::kChanged || !change.fields.empty()) {
      change.line = Sentence(change, ItemTypeOf(type).keys).Line(place.label, before, after);
      changes_.push_back(std::move(change));
    }
    if (after == nullptr) {
      return;  // what stood in it went with it
    }
    for (int i = 0; i < type.field_count(); ++i) {
      if (IsItemList(*type.field(i))) {
        CompareItems(place, *type.field(i), before, after);
      }
    }
  }

  static void CompareField(const FieldDescriptor& field, const std::string& prefix,
                           const Message* before, const Message* after, ItemChange* change) {
    // The ends of a track are numbers that mean other stations in another version; its name in
    // the path tells them.
    if (field.containing_type()->name() == "Track" &&
        (field.name() == "from" || field.name() == "to")) {
      return;
    }
    const std::string name = prefix + field.name();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        field.message_type()->name() == "Source") {
      for (int i = 0; i < field.message_type()->field_count(); ++i) {
        CompareField(*field.message_type()->field(i), name + ".", Part(before, field),
                     Part(after, field), change);
      }
      return;
    }
    std::string was = before == nullptr ? "" : ValueText(*before, field);
    std::string is = after == nullptr ? "" : ValueText(*after, field);
    if (was != is) {
      change->fields.push_back({name, std::move(was), std::move(is)});
    }
  }

  static const Message* Part(const Message* message, const FieldDescriptor& field) {
    return message == nullptr ? nullptr : &message->GetReflection()->GetMessage(*message, &field);
  }

  // Items of a list by what names them, in the order of the list. Of those that are named the same,
  // which the ledger refuses, the second is `name#2`.
  std::vector<std::pair<std::string, const Message*>> Items(const Message* parent,
                                                            const FieldDescriptor& list,
                                                            const Message& root) const {
    std::vector<std::pair<std::string, const Message*>> items;
    std::map<std::string, int> seen;
    for (int i = 0; parent != nullptr && i < parent->GetReflection()->FieldSize(*parent, &list);
         ++i) {
      const Message& item = parent->GetReflection()->GetRepeatedMessage(*parent, &list, i);
      std::string key = KeyOf(item, list, root);
      const int times = ++seen[key];
      if (times > 1) {
        absl::StrAppend(&key, "#", times);
      }
      items.emplace_back(std::move(key), &item);
    }
    return items;
  }

  static std::string KeyOf(const Message& item, const FieldDescriptor& list, const Message& root) {
    if (list.message_type()->name() == "Track") {
      return TrackKey(static_cast<const entry::v1::Track&>(item),
                      static_cast<const entry::v1::StationTable&>(root));
    }
    std::vector<std::string> parts;
    for (const std::string_view key : ItemTypeOf(*list.message_type()).keys) {
      const FieldDescriptor* field = item.GetDescriptor()->FindFieldByName(std::string(key));
      parts.push_back(ScalarText(item, *field));
    }
    return absl::StrJoin(parts, " ");
  }

  static std::string TrackKey(const entry::v1::Track& track, const entry::v1::StationTable& table) {
    const auto name = [&](std::uint32_t index) {
      if (index >= static_cast<std::uint32_t>(table.stations_size())) {
        return absl::StrCat("station ", index);
      }
      const entry::v1::Station& station = table.stations(static_cast<int>(index));
      return absl::StrCat(station.city(), " ", station.name());
    };
    return absl::StrCat(name(track.from()), " - ", name(track.to()), " (", track.line(), ")");
  }

  void CompareItems(const Place& place, const FieldDescriptor& list, const Message* before,
                    const Message* after) {
    const auto were = Items(before, list, before_);
    const auto are = Items(after, list, after_);
    const std::map<std::string, const Message*> old(were.begin(), were.end());
    std::set<std::string> present;
    for (const auto& [key, item] : are) {
      present.insert(key);
      const auto found = old.find(key);
      const Message* was = found == old.end() ? nullptr : found->second;
      Compare(PlaceOf(place, list, key, was != nullptr), was, item);
    }
    for (const auto& [key, item] : were) {
      if (!present.contains(key)) {
        Compare(PlaceOf(place, list, key, false), item, nullptr);
      }
    }
  }

  const Message& before_;
  const Message& after_;
  std::vector<ItemChange> changes_;
};

std::string_view KindName(ItemChangeKind kind) {
  switch (kind) {
    case ItemChangeKind::kAdded:
      return "added";
    case ItemChangeKind::kRemoved:
      return "removed";
    case ItemChangeKind::kChanged:
      break;
  }
  return "changed";
}

}  // namespace

std::vector<ItemChange> DocumentDifference(const Message& before, const Message& after) {
  Check(before.GetDescriptor() == after.GetDescriptor(), "two versions are of one type");
  return Comparison(before, after).Run();
}

std::string DifferenceText(const std::vector<ItemChange>& changes) {
  std::string text;
  for (const ItemChange& change : changes) {
    absl::StrAppend(&text, change.line, "\n");
  }
  return changes.empty() ? "no change\n" : text;
}

std::string DifferenceJson(const std::vector<ItemChange>& changes) {
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  for (const ItemChange& change : changes) {
    nlohmann::ordered_json fields = nlohmann::ordered_json::array();
    for (const FieldChange& field : change.fields) {
      fields.push_back({{"field", field.field}, {"before", field.before}, {"after", field.after}});
    }
    items.push_back({{"kind", KindName(change.kind)},
                     {"path", change.path},
                     {"line", change.line},
                     {"fields", std::move(fields)}});
  }
  return nlohmann::ordered_json({{"changes", std::move(items)}}).dump();
}

}  // namespace tanhui::cli
