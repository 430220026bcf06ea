#include "services/cli/documents/material_builder.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/csv/csv_lines.h"

namespace tanhui::cli {
namespace {

constexpr std::uint32_t kRecyclable = 1;
constexpr std::uint32_t kAllClasses = 31;

absl::Status Fault(std::string_view file, const YAML::Mark& mark, const std::string& what) {
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(file), ":", std::max(mark.line, 0) + 1, ": ", what));
}

absl::StatusOr<std::vector<std::string>> ReadWords(std::string_view file, const YAML::Node& list,
                                                   const std::string& material) {
  std::vector<std::string> words;
  if (!list.IsSequence() || list.size() == 0) {
    return Fault(file, list.Mark(), absl::StrCat(material, ": needs a list of key words"));
  }
  for (const YAML::Node& word : list) {
    if (!word.IsScalar() || word.Scalar().empty()) {
      return Fault(file, word.Mark(), absl::StrCat(material, ": a key word is a text"));
    }
    words.push_back(word.Scalar());
  }
  return words;
}

absl::StatusOr<MaterialWords> WordsOf(std::string_view file, const YAML::Node& root) {
  if (!root.IsMap()) {
    return Fault(file, root.Mark(), "needs materials with key words, such as `glass: [玻璃]`");
  }
  MaterialWords words;
  for (const auto& pair : root) {
    const std::string material = pair.first.IsScalar() ? pair.first.Scalar() : "";
    if (material.empty()) {
      return Fault(file, pair.first.Mark(), "a material needs a code");
    }
    if (words.contains(material)) {
      return Fault(file, pair.first.Mark(), absl::StrCat(material, ": stands here twice"));
    }
    absl::StatusOr<std::vector<std::string>> list = ReadWords(file, pair.second, material);
    if (!list.ok()) {
      return list.status();
    }
    words.emplace(material, *std::move(list));
  }
  return words;
}

struct Item {
  std::uint64_t line = 0;
  std::string name;
  std::uint32_t classes = 0;
};

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

std::optional<Item> ReadItem(const CsvLine& line) {
  Item item{.line = line.number, .name = {}, .classes = 0};
  if (!line.fault.empty() || line.fields.size() != 2 || line.fields[0].empty() ||
      !IsName(line.fields[0]) || !absl::SimpleAtoi(std::string(line.fields[1]), &item.classes) ||
      item.classes == 0 || item.classes > kAllClasses) {
    return std::nullopt;
  }
  item.name = line.fields[0];
  return item;
}

// Codes of the materials with a key word in the name.
std::vector<std::string> MaterialsOf(const std::string& name, const MaterialWords& words) {
  const std::string lower = Lower(name);
  std::vector<std::string> materials;
  for (const auto& [material, list] : words) {
    if (std::any_of(list.begin(), list.end(), [&](const std::string& word) {
          return lower.find(Lower(word)) != std::string::npos;
        })) {
      materials.push_back(material);
    }
  }
  return materials;
}

class Builder {
 public:
  Builder(const MaterialWords& words, BuiltDocument<entry::v1::MaterialTable>* built)
      : words_(words), built_(built) {}

  void Read(const CsvLine& line) {
    ++built_->lines;
    std::optional<Item> item = ReadItem(line);
    if (!item) {
      built_->Report(line.number, "malformed",
                     line.fault.empty() ? "needs an item and its classes, 1 to 31" : line.fault);
      return;
    }
    by_name_[Lower(item->name)].push_back(items_.size());
    items_.push_back(*std::move(item));
  }

  // An item is judged when all lines are known: a later one may contradict it.
  void Finish() {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Judge(i);
    }
    std::stable_sort(built_->odd.begin(), built_->odd.end(),
                     [](const OddLine& a, const OddLine& b) { return a.number < b.number; });
  }

 private:
  void Judge(std::size_t index) {
    const Item& item = items_[index];
    const std::vector<std::size_t>& same = by_name_[Lower(item.name)];
    for (const std::size_t other : same) {
      if (items_[other].classes != item.classes) {
        built_->Report(item.line, "contradiction",
                       absl::StrCat(item.name, " has classes ", item.classes, ", and on line ",
                                    items_[other].line, " ", items_[other].classes));
        return;
      }
    }
    if ((item.classes & kRecyclable) == 0) {
      return;
    }
    if (item.classes != kRecyclable) {
      built_->Report(item.line, "several_classes",
                     absl::StrCat(item.name, " has classes ", item.classes));
    } else if (same.front() != index) {
      built_->Report(
          item.line, "repeated_item",
          absl::StrCat(item.name, " is on line ", items_[same.front()].line, " already"));
    } else {
      Match(item);
    }
  }

  void Match(const Item& item) {
    const std::vector<std::string> materials = MaterialsOf(item.name, words_);
    if (materials.size() == 1) {
      entry::v1::Material* material = built_->document.add_items();
      material->set_item(item.name);
      material->set_material(materials.front());
    } else if (materials.empty()) {
      built_->Report(item.line, "no_material", item.name);
    } else {
      built_->Report(item.line, "several_materials",
                     absl::StrCat(item.name, ": ", absl::StrJoin(materials, ", ")));
    }
  }

  const MaterialWords& words_;
  BuiltDocument<entry::v1::MaterialTable>* built_;
  std::vector<Item> items_;
  std::map<std::string, std::vector<std::size_t>> by_name_;  // in lower case
};

}  // namespace

absl::StatusOr<MaterialWords> ReadMaterialWords(std::string_view file, std::string_view yaml) {
  if (!IsUtf8(yaml)) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(file), ": is not UTF-8 text"));
  }
  try {
    // See ReadYamlMessage: a quote that is never closed must not end well.
    const std::size_t end = yaml.find_last_not_of(" \t\r\n") + 1;
    return WordsOf(file, YAML::Load(std::string(yaml.substr(0, end))));
  } catch (const YAML::Exception& error) {
    return Fault(file, error.mark, absl::StrCat("is no YAML: ", error.msg));
  }
}

absl::StatusOr<BuiltDocument<entry::v1::MaterialTable>> BuildMaterialTable(
    std::string_view csv, const MaterialWords& words, const DocumentHead& head) {
  BuiltDocument<entry::v1::MaterialTable> built;
  SetDocumentHead(head, &built.document);
  Builder builder(words, &built);
  CsvLines lines(csv);
  while (const CsvLine* line = lines.Next()) {
    builder.Read(*line);
  }
  builder.Finish();
  return built;
}

}  // namespace tanhui::cli
