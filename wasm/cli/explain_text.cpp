// SPDX-License-Identifier: Apache-2.0
// Explanations as lines for people.
#include <algorithm>
#include <cmath>

#include "cli/explain.h"
#include "cli/explain_words.h"
#include "cli/files.h"
#include "engine/engine.h"
#include "expression/date.h"
#include "wire/vocabulary_tables.h"

namespace omo::cli {
namespace {

struct Line {
  std::string what;  ///< indented, with its mark
  std::string why;
  std::string place;
  std::string purposes;
};

void append(std::string& text, std::string_view separator, std::string_view more) {
  if (!text.empty() && !more.empty()) text += separator;
  text += more;
}

std::string number_text(double number) {
  constexpr double kExact = 9007199254740992.0;
  if (number > -kExact && number < kExact && static_cast<double>(static_cast<std::int64_t>(number)) == number) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  return nlohmann::json(number).dump();
}

std::string two_digits(std::uint32_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

class Lines {
 public:
  Lines(const Engine& engine, const SourceMap& map, const Subject& subject, std::string_view language)
      : engine_(engine),
        program_(engine.program()),
        map_(map),
        subject_(subject),
        words_(words_of(language)),
        now_(engine.outcome().time) {}

  std::string run() {
    // Its own line: an expression is longer than what stands in columns.
    const std::string text = map_.subject(subject_).text;
    lines_.push_back(head());
    for (const Explanation& row : subject_.rows) lines_.push_back(line_of(row));
    std::string result = aligned();
    if (!text.empty()) result.insert(result.find('\n') + 1, "  = " + text + "\n");
    return result;
  }

 private:
  // Values.

  [[nodiscard]] Type type_of(const Explanation& row) const {
    switch (row.kind) {
      case Explained::kSignal: {
        const std::uint32_t found = program_.find_row(Table::kSignal, row.name);
        return found == kNone ? Type::kDouble : program_.signals()[found].type;
      }
      case Explained::kTrait: {
        const std::uint32_t found = program_.find_row(Table::kTrait, row.name);
        return found == kNone ? Type::kDouble : program_.traits()[found].type;
      }
      default:
        return Type::kDouble;
    }
  }

  [[nodiscard]] bool is_counted(const Explanation& row) const {
    const std::uint32_t found = row.kind == Explained::kSignal ? program_.find_row(Table::kSignal, row.name) : kNone;
    if (found == kNone) return false;
    const SignalOp op = program_.signals()[found].op;
    const auto compared = static_cast<ExplainedOp>(row.op);
    return (op == SignalOp::kCount || op == SignalOp::kDistinct) &&
           (compared == ExplainedOp::kAtLeast || compared == ExplainedOp::kBelow);
  }

  [[nodiscard]] std::string value_text(const ExplainedValue& value, Type type) const {
    switch (value.tag) {
      case ValueTag::kNumber:
        if (type == Type::kDuration) return span_text(words_, value.number);
        if (type == Type::kDate) return date_text(static_cast<std::int32_t>(value.number));
        return number_text(value.number);
      case ValueTag::kString:
        return nlohmann::json(value.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      case ValueTag::kList: {
        std::string text;
        for (const ExplainedValue& item : value.items) append(text, ", ", value_text(item, Type::kDouble));
        return "[" + text + "]";
      }
      case ValueTag::kTrue:
        return "true";
      case ValueTag::kFalse:
        return "false";
      default:
        return "null";
    }
  }

  static std::string date_text(std::int32_t day) {
    // The year is found by its first days: a program's dates lie within a few centuries.
    std::int32_t year = 1970;
    while (days_from_civil(year + 1, 1, 1) <= day) ++year;
    while (days_from_civil(year, 1, 1) > day) --year;
    std::uint32_t month = 1;
    while (month < 12 && days_from_civil(year, month + 1, 1) <= day) ++month;
    const std::int32_t first = days_from_civil(year, month, 1);
    return std::to_string(year) + "-" + two_digits(month) + "-" +
           two_digits(static_cast<std::uint32_t>(day - first + 1));
  }

  [[nodiscard]] std::string in(double when) const { return span_text(words_, when - now_); }
  [[nodiscard]] std::string percent(double share) const {
    return number_text(std::max(0.01, std::round(share * 1e4) / 100)) + " %";
  }

  // Texts.

  [[nodiscard]] std::string names_of(std::uint32_t label) const {
    std::string text;
    for (const std::string& name : purposes_in(label)) append(text, ", ", name);
    return text;
  }
  [[nodiscard]] std::uint32_t missing(std::uint32_t label) const {
    return label & purpose::kAll & ~engine_.outcome().consent;
  }

  /// An atom as an expression says it, where the map has no text of its own.
  [[nodiscard]] std::string composed(const Explanation& row) const {
    std::string name = row.name;
    if (row.kind == Explained::kContext) name = "context." + name;
    if (row.kind == Explained::kSize) name = "size(" + name + ")";
    if (row.kind == Explained::kDaysUntil) name = "days_until(" + name + ")";
    if (row.kind == Explained::kFormula && name.empty()) name = std::string(kExplainedNames[7]);
    const auto op = static_cast<ExplainedOp>(row.op);
    if (op == ExplainedOp::kNone) return name;
    const std::string need = value_text(row.need, type_of(row));
    if (op == ExplainedOp::kHas) return need + " in " + name;
    if (op == ExplainedOp::kHasNot) return "!(" + need + " in " + name + ")";
    if (op == ExplainedOp::kNotIn) return "!(" + name + " in " + need + ")";
    return name + " " + std::string(kExplainedOpTexts[row.op]) + " " + need;
  }

  [[nodiscard]] std::string value_of(const Explanation& row) const {
    if (missing(row.label) != 0) return fill(words_.denied, names_of(missing(row.label)));
    if (row.value.tag == ValueTag::kNull) {
      const bool compared = row.op != 0 && row.state == ValueTag::kNull;
      return std::string(row.kind == Explained::kFormula && compared ? words_.error : words_.never);
    }
    const Type type = type_of(row);
    if (is_counted(row)) {
      std::string text = fill(words_.count, value_text(row.value, type), value_text(row.need, type));
      return &words_ == &words_of("en") ? text + " " + row.name : text;
    }
    return fill(words_.value, value_text(row.value, type));
  }

  [[nodiscard]] std::string change_of(const Explanation& row) const {
    if (row.op != 0 && row.changes_at != 0 && row.expires_at != row.changes_at) {
      return fill(row.state == ValueTag::kTrue ? words_.ends : words_.begins, in(row.changes_at));
    }
    return row.expires_at == 0 ? std::string() : fill(words_.oldest, in(row.expires_at));
  }

  [[nodiscard]] std::string used(const Explanation& row) const {
    const std::string count = number_text(row.value.number);
    return row.need.number > 0 ? fill(words_.used, count, number_text(row.need.number)) : fill(words_.unlimited, count);
  }

  [[nodiscard]] std::string why_reason(const Explanation& row) const {
    const bool met = row.state == ValueTag::kTrue;
    std::string text;
    switch (static_cast<Verdict>(row.op)) {
      case Verdict::kConsent:
        return met ? std::string(words_.has_consent) : fill(words_.lacks_consent, names_of(missing(row.label)));
      case Verdict::kSchedule:
        if (!met) return row.changes_at == 0 ? std::string(words_.over) : fill(words_.opens, in(row.changes_at));
        return row.changes_at == 0 ? std::string(words_.is_open) : fill(words_.closes, in(row.changes_at));
      case Verdict::kQuiet:
        return met ? std::string(words_.not_quiet) : fill(words_.quiet, in(row.changes_at));
      case Verdict::kFatigue:
      case Verdict::kCap:
        text = used(row);
        if (row.expires_at != 0) append(text, words_.then, fill(words_.oldest, in(row.expires_at)));
        if (row.changes_at > row.expires_at) append(text, words_.then, fill(words_.quiet, in(row.changes_at)));
        return text;
      case Verdict::kJourney:
        return fill(met ? words_.in_journey : words_.not_in_journey, row.need.text);
      case Verdict::kSeed:
        return std::string(words_.no_seed);
      case Verdict::kHoldout:
      case Verdict::kGlobalHoldout:
        return fill(met ? words_.not_held_out : words_.held_out, percent(row.need.number));
      case Verdict::kGroup:
        return fill(met ? words_.group_free : words_.group_taken, row.need.text, row.name);
      case Verdict::kEligible:
        text = row.name.empty() ? std::string(words_.slot_free)
               : met            ? std::string(words_.slot_own)
                                : fill(words_.slot_taken, row.name);
        if (!met && row.need.tag == ValueTag::kNumber)
          append(text, words_.comma, fill(words_.priority, number_text(row.need.number)));
        if (row.value.tag == ValueTag::kNumber)
          append(text, words_.then, subject_.name + ": " + fill(words_.priority, number_text(row.value.number)));
        return text;
      default:
        return {};
    }
  }

  [[nodiscard]] std::string why_step(const Explanation& row) const {
    std::string text;
    if (row.value.tag != ValueTag::kNumber) return std::string(words_.runs_not);
    const std::string ago = span_text(words_, now_ - row.value.number);
    if (row.state != ValueTag::kTrue) {
      const auto end = row.op - static_cast<std::uint32_t>(ExplainedOp::kHasNot);
      const double restart_ms = program_.journeys()[subject_.row].restart_ms;
      text = end < words_.journey_ends.size() ? fill(words_.ended, ago, words_.journey_ends[end])
                                              : std::string(words_.runs_not);
      append(text, words_.then,
             restart_ms < 0    ? std::string(words_.never_again)
             : restart_ms == 0 ? std::string(words_.again_later)
                               : std::string());
      return text;
    }
    text = fill(words_.since, ago);
    if (!row.need.text.empty()) append(text, words_.then, fill(words_.waits_for, row.need.text));
    if (row.changes_at != 0) append(text, words_.then, fill(words_.leads_on, in(row.changes_at)));
    return text;
  }

  // Lines.

  [[nodiscard]] std::string mark(const Explanation& row) const {
    const bool is_value = row.kind == Explained::kScore || (row.kind <= Explained::kFormula && row.op == 0);
    if (is_value || row.kind == Explained::kMore) return "· ";
    if (row.kind == Explained::kStep) return "→ ";
    return row.state == ValueTag::kTrue ? "✓ " : row.state == ValueTag::kFalse ? "✗ " : "? ";
  }

  Line line_of(const Explanation& row) const {
    const Placed place = row.node == kNone ? Placed{} : map_.node(subject_, row.node);
    Line line;
    line.what = std::string(2 + 2 * row.depth, ' ') + mark(row);
    switch (row.kind) {
      case Explained::kAll:
      case Explained::kAny: {
        const bool alone = &row == &subject_.rows.back() || (&row + 1)->depth <= row.depth;
        line.what += alone && row.state == ValueTag::kFalse ? words_.none
                     : row.kind == Explained::kAll          ? words_.all
                                                            : words_.any;
        break;
      }
      case Explained::kMore:
        line.what += words_.more;
        break;
      case Explained::kReason:
        line.what += words_.verdicts[row.op];
        line.why = why_reason(row);
        break;
      case Explained::kCandidate:
        line.what += row.name;
        line.why = row.state == ValueTag::kTrue ? std::string(words_.slot_own) : std::string(words_.verdicts[row.op]);
        if (row.value.tag == ValueTag::kNumber)
          append(line.why, words_.then, fill(words_.priority, number_text(row.value.number)));
        if (row.need.tag == ValueTag::kTrue) append(line.why, words_.then, words_.holds);
        break;
      case Explained::kStart:
        line.what += words_.start;
        break;
      case Explained::kGoal:
        line.what += words_.goal;
        line.why = row.need.text;
        break;
      case Explained::kStep:
        line.what += row.name.empty() ? std::string(words_.step) : row.name;
        line.why = why_step(row);
        break;
      default:
        line.what += place.text.empty() ? composed(row) : place.text;
        line.why = value_of(row);
        if (missing(row.label) == 0) append(line.why, words_.then, change_of(row));
    }
    if (!place.text.empty()) line.place = place_text(place);
    if (row.label != 0) line.purposes = purposes_text(row.label);
    return line;
  }

  [[nodiscard]] std::string place_text(const Placed& place) const {
    return map_.file() + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  }

  [[nodiscard]] std::string purposes_text(std::uint32_t label) const {
    std::string text;
    for (const std::string& name : purposes_in(label)) {
      const bool lacks =
          (missing(label) >> (std::find(kPurposeNames.begin(), kPurposeNames.end(), name) - kPurposeNames.begin()) &
           1) != 0;
      append(text, ", ", lacks ? fill(words_.not_granted, name) : name);
    }
    return text;
  }

  [[nodiscard]] std::string state_text() const {
    const std::uint32_t row = subject_.row;
    switch (subject_.table) {
      case Table::kSegment: {
        const Truth truth = engine_.segment(row);
        return std::string(truth == Truth::kOn ? words_.on : truth == Truth::kOff ? words_.off : words_.unknown);
      }
      case Table::kCampaign:
        return std::string(words_.verdicts[static_cast<std::size_t>(engine_.verdict(row))]);
      case Table::kSlot: {
        const std::uint32_t variant = engine_.decision(row);
        if (variant == kNone) return std::string(words_.default_content);
        return std::string(program_.name_of(Table::kCampaign, engine_.campaign_of(variant))) + "/" +
               std::string(program_.name_of(Table::kVariant, variant));
      }
      case Table::kJourney: {
        const std::uint32_t step = engine_.journey(row).step;
        return step == kNone ? std::string(words_.runs_not) : fill(words_.runs, program_.name_of(Table::kStep, step));
      }
      default: {
        const Explanation& first = subject_.rows.front();
        return value_text(first.value, type_of(first));
      }
    }
  }

  [[nodiscard]] Line head() const {
    const Placed place = map_.subject(subject_);
    const std::uint32_t label = program_.label_of(subject_.table, subject_.row) & purpose::kAll;
    Line line;
    line.what = std::string(words_.tables[static_cast<std::size_t>(subject_.table)]) + " " + subject_.name + ": " +
                state_text();
    if (place.line != 0) line.place = place_text(place);
    line.purposes = purposes_text(label);
    return line;
  }

  /// Columns as wide as their widest text; the last one of a line ends it.
  [[nodiscard]] std::string aligned() const {
    std::size_t widths[3] = {};
    for (const Line& line : lines_) {
      const std::string* columns[] = {&line.what, &line.why, &line.place};
      for (std::size_t i = 0; i < 3; ++i) widths[i] = std::max(widths[i], display_width(*columns[i]));
    }
    std::string text;
    for (const Line& line : lines_) {
      const std::string* columns[] = {&line.what, &line.why, &line.place, &line.purposes};
      std::string out;
      for (std::size_t i = 0; i < 4; ++i) {
        out += *columns[i];
        if (i < 3) out.append(widths[i] - display_width(*columns[i]) + (widths[i] > 0 ? 2 : 0), ' ');
      }
      out.erase(out.find_last_not_of(' ') + 1);
      text += out + "\n";
    }
    return text;
  }

  const Engine& engine_;
  const ProgramView& program_;
  const SourceMap& map_;
  const Subject& subject_;
  const Words& words_;
  double now_;
  std::vector<Line> lines_;
};

}  // namespace

std::string explanation_text(const Engine& engine, const SourceMap& map, const Subject& subject,
                             std::string_view language) {
  return Lines(engine, map, subject, language).run();
}

}  // namespace omo::cli
