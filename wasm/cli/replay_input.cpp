// SPDX-License-Identifier: Apache-2.0
#include "cli/replay_input.h"

#include <cmath>
#include <stdexcept>

#include "compiler/schedule.h"
#include "wire/input.h"
#include "wire/vocabulary_tables.h"

namespace omo {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& why) { throw std::invalid_argument(why); }

double read_time(const json& line) {
  const auto time = line.find("time");
  if (time == line.end()) refuse("\"time\" is missing");
  constexpr double kLatest = 281474976710655.0;  // 48 bits
  double ms = -1;
  if (time->is_number()) {
    ms = std::floor(time->get<double>());
  } else if (time->is_string()) {
    const std::optional<double> parsed = compiler::parse_timestamp(time->get_ref<const std::string&>());
    if (parsed) ms = *parsed;
  }
  if (!(ms >= 0 && ms <= kLatest)) refuse("\"time\" must be ms since 1970 or a time such as \"2026-11-22T09:00:00Z\"");
  return ms;
}

std::string read_name(const json& line, const char* what) {
  const auto name = line.find("name");
  if (name == line.end() || !name->is_string()) refuse(std::string("\"name\" of the ") + what + " is missing");
  return name->get<std::string>();
}

const json& read_params(const json& line) {
  static const json empty = json::object();
  const auto params = line.find("params");
  if (params == line.end()) return empty;
  if (!params->is_object()) refuse("\"params\" must be an object");
  return *params;
}

void put_value(ByteWriter& writer, const std::string& name, const json& value) {
  writer.text(name);
  if (value.is_null()) {
    write_value(writer, null_value());
  } else if (value.is_boolean()) {
    write_value(writer, bool_value(value.get<bool>()));
  } else if (value.is_number()) {
    write_value(writer, number_value(value.get<double>()));
  } else if (value.is_string()) {
    write_value(writer, text_value(value.get_ref<const std::string&>()));
  } else {
    refuse("the value of \"" + name + "\" must be null, a boolean, a number or a string");
  }
}

void put_pairs(ByteWriter& writer, const json& pairs, bool skip_items) {
  const bool has_items = skip_items && pairs.contains("items");
  writer.varint(static_cast<std::uint32_t>(pairs.size() - (has_items ? 1 : 0)));
  for (const auto& [name, value] : pairs.items()) {
    if (!(skip_items && name == "items")) put_value(writer, name, value);
  }
}

void put_event(ByteWriter& writer, const json& line) {
  const json& params = read_params(line);
  writer.text(read_name(line, "event"));
  put_pairs(writer, params, true);
  const auto items = params.find("items");
  if (items == params.end()) {
    writer.varint(0);
    return;
  }
  if (!items->is_array()) refuse("\"items\" must be an array of objects");
  writer.varint(static_cast<std::uint32_t>(items->size()));
  for (const json& item : *items) {
    if (!item.is_object()) refuse("\"items\" must be an array of objects");
    put_pairs(writer, item, false);
  }
}

void put_consent(ByteWriter& writer, const json& params) {
  std::uint8_t present = 0;
  std::uint8_t granted = 0;
  for (const auto& [name, state] : params.items()) {
    std::size_t bit = 0;
    while (bit < kPurposeNames.size() && kPurposeNames[bit] != name) ++bit;
    if (bit == kPurposeNames.size()) refuse("no purpose named \"" + name + "\"");
    if (state != "granted" && state != "denied") refuse("\"" + name + "\" must be \"granted\" or \"denied\"");
    present = static_cast<std::uint8_t>(present | 1u << bit);
    if (state == "granted") granted = static_cast<std::uint8_t>(granted | 1u << bit);
  }
  writer.u8(present);
  writer.u8(granted);
}

void put_page(ByteWriter& writer, const json& params) {
  for (const char* part : {"path", "title", "referrer"}) {
    const auto text = params.find(part);
    if (text != params.end() && !text->is_string()) refuse(std::string("\"") + part + "\" must be a string");
    writer.text(text == params.end() ? std::string() : text->get<std::string>());
  }
}

void put_edge(ByteWriter& writer, const std::string& name) {
  static constexpr std::pair<const char*, Edge> kEdges[] = {{"visible", Edge::kVisible},   {"hidden", Edge::kHidden},
                                                            {"focused", Edge::kFocused},   {"blurred", Edge::kBlurred},
                                                            {"activity", Edge::kActivity}, {"leave", Edge::kLeave},
                                                            {"frozen", Edge::kFrozen}};
  for (const auto& [text, edge] : kEdges) {
    if (name == text) return writer.u8(static_cast<std::uint8_t>(edge));
  }
  refuse("no edge named \"" + name + "\"");
}

}  // namespace

std::array<std::uint8_t, 16> read_seed(const nlohmann::json& seed) {
  std::array<std::uint8_t, 16> bytes{};
  if (seed.is_number_integer()) {
    const auto number = seed.get<std::uint64_t>();
    for (std::size_t i = 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * (i % 8)));
    return bytes;
  }
  if (!seed.is_string()) refuse("\"seed\" must be a whole number or hexadecimal digits");
  const auto& text = seed.get_ref<const std::string&>();
  if (text.empty() || text.size() > 32) refuse("\"seed\" must have 1 to 32 hexadecimal digits");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(static_cast<char>(text[i] | 0x20));
    if (digit == std::string_view::npos) refuse("\"seed\" must have hexadecimal digits only");
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] | digit << (i % 2 == 0 ? 4 : 0));
  }
  return bytes;
}

std::vector<std::uint8_t> seed_record(const std::array<std::uint8_t, 16>& seed) {
  std::vector<std::uint8_t> record(kInputHeaderBytes + seed.size());
  ByteWriter writer(record);
  write_input_header(writer, InputKind::kSeed, 0);
  writer.put(seed);
  return record;
}

std::vector<std::uint8_t> input_record(const nlohmann::json& line) {
  if (!line.is_object()) refuse("a line must be a JSON object");
  const auto type = line.find("type");
  if (type == line.end() || !type->is_string()) refuse("\"type\" is missing");
  const auto& kind = type->get_ref<const std::string&>();
  std::vector<std::uint8_t> record(kMaxRecordBytes);
  ByteWriter writer(record);
  const double time = read_time(line);
  const auto header = [&](InputKind input) { write_input_header(writer, input, time); };
  if (kind == "event") {
    header(InputKind::kEvent);
    put_event(writer, line);
  } else if (kind == "identify") {
    // identify(null) of the client: everything that came from a customer's account goes.
    const bool reset = line.contains("params") && line["params"].is_null();
    header(reset ? InputKind::kReset : InputKind::kIdentify);
    if (!reset) put_pairs(writer, read_params(line), false);
  } else if (kind == "context") {
    header(InputKind::kContext);
    put_pairs(writer, read_params(line), false);
  } else if (kind == "consent") {
    header(InputKind::kConsent);
    put_consent(writer, read_params(line));
  } else if (kind == "tick" || kind == "reset") {
    header(kind == "tick" ? InputKind::kTick : InputKind::kReset);
  } else if (kind == "page") {
    header(InputKind::kPage);
    put_page(writer, read_params(line));
  } else if (kind == "edge") {
    header(InputKind::kEdge);
    put_edge(writer, read_name(line, "edge"));
  } else if (kind == "section") {
    header(InputKind::kSection);
    const json& params = read_params(line);
    const auto in_view = params.find("in_view");
    if (in_view == params.end() || !in_view->is_boolean()) refuse("\"in_view\" must be true or false");
    writer.u8(in_view->get<bool>() ? 1 : 0);
    writer.text(read_name(line, "section"));
  } else {
    refuse("no type named \"" + kind + "\": event, identify, context, consent, tick, page, edge, section or reset");
  }
  if (!writer.ok()) refuse("the input is larger than the limit max_record_bytes, " + std::to_string(kMaxRecordBytes));
  record.resize(writer.position());
  return record;
}

}  // namespace omo
