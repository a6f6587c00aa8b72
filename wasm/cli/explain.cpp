// SPDX-License-Identifier: Apache-2.0
#include "cli/explain.h"

#include <stdexcept>

#include "wire/vocabulary_tables.h"

namespace omo::cli {
namespace {

using Json = nlohmann::ordered_json;

/// In the order in which everything is told; what comes after the first five only by its name.
constexpr Table kTables[] = {Table::kSegment, Table::kScore,  Table::kSlot,  Table::kCampaign,
                             Table::kJourney, Table::kSignal, Table::kTrait, Table::kContext};
constexpr std::size_t kTold = 5;

std::string_view key_of(Table table) {
  switch (table) {
    case Table::kSegment:
      return "segments";
    case Table::kScore:
      return "scores";
    case Table::kCampaign:
      return "campaigns";
    case Table::kJourney:
      return "journeys";
    case Table::kSignal:
      return "signals";
    default:
      return "";
  }
}

std::string_view kind_of(Table table) {
  static constexpr std::string_view kNames[] = {"",     "",         "signal", "trait", "context", "segment",
                                                "slot", "campaign", "",       "score", "journey"};
  return kNames[static_cast<std::size_t>(table)];
}

/// As JavaScript writes a number: whole ones without a point.
Json number_json(double number) {
  constexpr double kExact = 9007199254740992.0;
  const bool is_whole =
      number > -kExact && number < kExact && static_cast<double>(static_cast<std::int64_t>(number)) == number;
  if (is_whole) return static_cast<std::int64_t>(number);
  return number;
}

Json value_json(const ExplainedValue& value) {
  switch (value.tag) {
    case ValueTag::kFalse:
    case ValueTag::kTrue:
      return value.tag == ValueTag::kTrue;
    case ValueTag::kNumber:
      return number_json(value.number);
    case ValueTag::kString:
      return value.text;
    case ValueTag::kList: {
      Json list = Json::array();
      for (const ExplainedValue& item : value.items) list.push_back(value_json(item));
      return list;
    }
    default:
      return nullptr;
  }
}

Json or_null(double number) { return number == 0 ? Json(nullptr) : number_json(number); }

void add_place(Json& json, const Placed& place) {
  if (place.text.empty()) return;
  json["text"] = place.text;
  json["line"] = place.line;
  json["column"] = place.column;
}

Json row_json(const Engine& engine, const SourceMap& map, const Subject& subject, const Explanation& row) {
  const bool verdict = row.kind == Explained::kReason || row.kind == Explained::kCandidate;
  Json json;
  json["depth"] = row.depth;
  json["kind"] = kExplainedNames[static_cast<std::size_t>(row.kind)];
  json["name"] = row.name.empty() ? Json(nullptr) : Json(row.name);
  json["op"] = (verdict ? kVerdictNames : kExplainedOpTexts)[row.op];
  json["need"] = value_json(row.need);
  json["value"] = value_json(row.value);
  json["state"] = row.state == ValueTag::kNull ? Json(nullptr) : Json(row.state == ValueTag::kTrue);
  json["purposes"] = purposes_in(row.label);
  json["missing"] = purposes_in(row.label & ~engine.outcome().consent);
  json["changesAt"] = or_null(row.changes_at);
  json["expiresAt"] = or_null(row.expires_at);
  json["window"] = or_null(row.window_ms);
  json["node"] = row.node == kNone ? Json(nullptr) : Json(row.node);
  if (row.node != kNone) add_place(json, map.node(subject, row.node));
  return json;
}

Placed placed(const nlohmann::json& expression) {
  return {expression.value("text", ""), expression.value("line", 0u), expression.value("column", 0u)};
}

/// The part of an expression, or of those below it, whose node it is; nothing where there is none.
Placed find_part(const nlohmann::json& from, std::uint32_t node) {
  if (!from.is_object()) return {};
  Placed negated;
  if (from.contains("parts")) {
    for (const nlohmann::json& part : from["parts"]) {
      if (part.value("node", kNone) == node) return placed(part);
      if (negated.text.empty() && part.value("negation", kNone) == node) {
        negated = placed(part);
        negated.text = "!(" + negated.text + ")";
      }
    }
    return negated;
  }
  for (const auto& [key, below] : from.items()) {
    if (Placed found = find_part(below, node); !found.text.empty()) return found;
  }
  return {};
}

}  // namespace

SourceMap::SourceMap(const std::string& text) : map_(nlohmann::json::parse(text)) {}

std::string SourceMap::file() const { return map_.value("file", ""); }

Placed SourceMap::subject(const Subject& subject) const {
  const nlohmann::json* const own = find(subject);
  return own == nullptr ? Placed{} : placed(*own);
}

const nlohmann::json* SourceMap::find(const Subject& subject) const {
  const auto table = map_.find(key_of(subject.table));
  if (table == map_.end()) return nullptr;
  const auto own = table->find(subject.name);
  return own == table->end() ? nullptr : &*own;
}

Placed SourceMap::node(const Subject& subject, std::uint32_t node) const {
  if (const nlohmann::json* const own = find(subject)) {
    if (Placed found = find_part(*own, node); !found.text.empty()) return found;
  }
  return find_part(map_, node);
}

std::vector<std::string> purposes_in(std::uint32_t label) {
  std::vector<std::string> names;
  for (std::size_t bit = 0; bit < kPurposeNames.size(); ++bit) {
    if ((label >> bit & 1) != 0) names.emplace_back(kPurposeNames[bit]);
  }
  return names;
}

std::vector<Subject> find_subjects(const Engine& engine, const std::string& name) {
  std::vector<Subject> subjects;
  std::vector<std::uint8_t> out(kTransferBytes);
  for (std::size_t i = 0; i < (name.empty() ? kTold : std::size(kTables)); ++i) {
    const Table table = kTables[i];
    for (std::uint32_t row = 0; row < engine.program().count_of(table); ++row) {
      const std::string_view own = engine.program().name_of(table, row);
      if (!name.empty() && own != name) continue;
      Subject subject{table, row, std::string(own), {}};
      const std::size_t size = engine.explain(table, row, out);
      if (!read_explanation(Bytes(out).first(size), subject.rows)) {
        throw std::logic_error("the engine's own explanation of " + subject.name + " does not read");
      }
      subjects.push_back(std::move(subject));
    }
  }
  return subjects;
}

std::vector<std::string_view> subject_names(const ProgramView& program) {
  std::vector<std::string_view> names;
  for (const Table table : kTables) {
    for (std::uint32_t row = 0; row < program.count_of(table); ++row) names.push_back(program.name_of(table, row));
  }
  return names;
}

nlohmann::ordered_json explanation_json(const Engine& engine, const SourceMap& map, const Subject& subject) {
  Json json;
  json["name"] = subject.name;
  json["kind"] = kind_of(subject.table);
  const std::uint32_t label = engine.program().label_of(subject.table, subject.row);
  Json atoms = Json::array();
  Json reasons = Json::array();
  Json candidates = Json::array();
  for (const Explanation& row : subject.rows) {
    (row.kind == Explained::kReason      ? reasons
     : row.kind == Explained::kCandidate ? candidates
                                         : atoms)
        .push_back(row_json(engine, map, subject, row));
  }
  if (subject.table == Table::kCampaign) {
    json["verdict"] = kVerdictNames[static_cast<std::size_t>(engine.verdict(subject.row))];
    json["reasons"] = std::move(reasons);
  } else if (subject.table == Table::kSegment) {
    const Truth truth = engine.segment(subject.row);
    json["state"] = truth > Truth::kOn ? Json(nullptr) : Json(truth == Truth::kOn);
  } else if (subject.table == Table::kSlot) {
    json["candidates"] = std::move(candidates);
  } else if (subject.table != Table::kJourney) {
    json["value"] = atoms.empty() ? Json(nullptr) : atoms[0]["value"];
  }
  json["purposes"] = purposes_in(label);
  json["missing"] = purposes_in(label & ~engine.outcome().consent);
  add_place(json, map.subject(subject));
  json["atoms"] = std::move(atoms);
  return json;
}

}  // namespace omo::cli
