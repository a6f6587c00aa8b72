// SPDX-License-Identifier: Apache-2.0
#include "wire/program.h"

namespace omo {
namespace {

constexpr std::uint32_t kRowBytes[kSectionCount] = {sizeof(MetaRow),
                                                    1,
                                                    sizeof(SymbolRow),
                                                    sizeof(EventRow),
                                                    sizeof(ParamRow),
                                                    sizeof(SourceRow),
                                                    sizeof(ThresholdRow),
                                                    sizeof(MatchRow),
                                                    4,
                                                    4,
                                                    sizeof(GateRow),
                                                    sizeof(SignalRow),
                                                    1,
                                                    sizeof(NamedValueRow),
                                                    sizeof(NamedValueRow),
                                                    sizeof(SegmentRow),
                                                    sizeof(SlotRow),
                                                    sizeof(CampaignRow),
                                                    sizeof(VariantRow),
                                                    sizeof(FieldRow)};

constexpr std::size_t kDirectoryBytes = kSectionCount * sizeof(SectionEntry);

/// `first .. first + count` lies within `size`.
bool within(std::uint64_t first, std::uint64_t count, std::uint64_t size) { return first + count <= size; }

template <class Rows>
bool index_or_none(std::uint32_t index, const Rows& rows) {
  return index == kNone || index < rows.size();
}

}  // namespace

bool ProgramView::sections_in_range(std::size_t end) const {
  for (std::uint32_t i = 0; i < kSectionCount; ++i) {
    const SectionEntry& entry = directory_[i];
    if (entry.offset % 8 != 0 || entry.offset < sizeof(ProgramHeader) + kDirectoryBytes) return false;
    if (!within(entry.offset, static_cast<std::uint64_t>(entry.count) * kRowBytes[i], end)) return false;
  }
  return rows<MetaRow>(Section::kMeta).size() == 1;
}

bool ProgramView::references_in_range() const {
  const std::uint32_t nodes = meta().node_count;
  const std::uint32_t literals = meta().literal_count;
  const auto symbol_ok = [&](std::uint32_t index) { return index < symbols().size(); };
  const auto literal_ok = [&](std::uint32_t index) { return index == kNone || index < literals; };
  const auto node_ok = [&](std::uint32_t index) { return index < nodes || index >= kAlways; };
  const auto source_ok = [&](std::uint32_t index, SourceKind kind, std::uint32_t ref) {
    return index == kNone || (index < sources().size() && sources()[index].kind == kind && sources()[index].ref == ref);
  };

  if (literals > nodes || gates().size() != nodes - literals) return false;
  if (node_parents().size() != std::size_t{nodes} + 1 || node_parents()[nodes] != parents().size()) return false;
  for (std::uint32_t node = 0; node < nodes; ++node) {
    if (node_parents()[node] > node_parents()[node + 1]) return false;
    // A parent is a gate that comes after its child, so propagation ends.
    for (std::uint32_t i = node_parents()[node]; i < node_parents()[node + 1] && i < parents().size(); ++i) {
      if (parents()[i] >= gates().size() || (node >= literals && parents()[i] <= node - literals)) return false;
    }
  }
  for (const GateRow& row : gates()) {
    if (row.need == 0) return false;
  }
  if (!symbol_ok(meta().site) || !symbol_ok(meta().default_language)) return false;
  for (std::size_t i = 0; i < symbols().size(); ++i) {
    const SymbolRow& row = symbols()[i];
    if (!within(row.offset, row.length, strings().size())) return false;
    if (i > 0 && symbols()[i - 1].hash > row.hash) return false;
  }
  for (std::size_t i = 0; i < events().size(); ++i) {
    const EventRow& row = events()[i];
    if (!symbol_ok(row.name) || !within(row.first_param, row.param_count, params().size())) return false;
    if (row.param_count > kMaxParams || (i > 0 && events()[i - 1].name >= row.name)) return false;
  }
  for (const ParamRow& row : params()) {
    if (!symbol_ok(row.name)) return false;
  }
  for (const SourceRow& row : sources()) {
    const bool signal =
        row.kind == SourceKind::kSignal || row.kind == SourceKind::kSize || row.kind == SourceKind::kMember;
    const bool trait = row.kind == SourceKind::kTrait || row.kind == SourceKind::kDaysUntil;
    if (!signal && !trait && row.kind != SourceKind::kContext) return false;
    if (row.ref >= (signal ? signals().size() : trait ? traits().size() : contexts().size())) return false;
    if (!within(row.first_threshold, row.threshold_count, thresholds().size())) return false;
    if (!within(row.first_match, row.match_count, matches().size())) return false;
    if (!literal_ok(row.null_literal) || !literal_ok(row.present_literal)) return false;
  }
  for (const ThresholdRow& row : thresholds()) {
    if (!literal_ok(row.literal) || !literal_ok(row.negation)) return false;
  }
  for (const MatchRow& row : matches()) {
    if (!symbol_ok(row.symbol) || !literal_ok(row.literal) || !literal_ok(row.negation)) return false;
  }
  for (std::uint32_t i = 0; i < signals().size(); ++i) {
    const SignalRow& row = signals()[i];
    if (!symbol_ok(row.name) || row.event >= events().size() || !index_or_none(row.of, symbols())) return false;
    if (row.where != kNone && !within(row.where, row.where_bytes, predicates().size())) return false;
    if (row.op < SignalOp::kCount || row.op > SignalOp::kRecent) return false;
    if (row.capacity == 0 || row.capacity > kMaxKeep || !(row.within_ms >= 0)) return false;
    if (!source_ok(row.source, SourceKind::kSignal, i) || !source_ok(row.size_source, SourceKind::kSize, i))
      return false;
    if (!source_ok(row.member_source, SourceKind::kMember, i)) return false;
  }
  for (std::uint32_t i = 0; i < traits().size(); ++i) {
    const NamedValueRow& row = traits()[i];
    if (!symbol_ok(row.name) || !source_ok(row.source, SourceKind::kTrait, i)) return false;
    if (!source_ok(row.days_source, SourceKind::kDaysUntil, i)) return false;
  }
  for (std::uint32_t i = 0; i < contexts().size(); ++i) {
    if (!symbol_ok(contexts()[i].name) || !source_ok(contexts()[i].source, SourceKind::kContext, i)) return false;
  }
  for (const SegmentRow& row : segments()) {
    if (!symbol_ok(row.name) || !node_ok(row.node)) return false;
  }
  for (const SlotRow& row : slots()) {
    if (!symbol_ok(row.name)) return false;
  }
  for (std::size_t i = 0; i < campaigns().size(); ++i) {
    const CampaignRow& row = campaigns()[i];
    if (!symbol_ok(row.name) || row.slot >= slots().size() || !node_ok(row.audience)) return false;
    if (i > 0 && campaigns()[i - 1].slot > row.slot) return false;
    if (!index_or_none(row.goal, symbols()) || row.cap > kMaxCapImpressions) return false;
    if (row.variant_count == 0 || !within(row.first_variant, row.variant_count, variants().size())) return false;
    if (!(row.cap_within_ms >= 0) || !(row.quiet_ms >= 0) || !(row.from_ms >= 0) || !(row.until_ms >= 0)) return false;
  }
  for (const VariantRow& row : variants()) {
    if (!symbol_ok(row.name) || !within(row.first_field, row.field_count, fields().size())) return false;
  }
  for (const FieldRow& row : fields()) {
    if (!symbol_ok(row.key) || !index_or_none(row.language, symbols())) return false;
    if (!within(row.offset, row.length, strings().size())) return false;
  }
  return true;
}

Status ProgramView::open(Bytes bytes) {
  header_ = nullptr;
  if (bytes.size() < sizeof(ProgramHeader)) return Status::kBadLength;
  const auto* header = reinterpret_cast<const ProgramHeader*>(bytes.data());
  if (header->magic != kProgramMagic) return Status::kBadMagic;
  if (header->version != kProgramVersion || header->flags != 0) return Status::kBadVersion;
  const std::size_t end = sizeof(ProgramHeader) + std::size_t{header->body_bytes};
  if (bytes.size() > kMaxProgramBytes || end + header->signature_bytes != bytes.size()) return Status::kBadLength;
  if (header->signature_bytes != 0 && header->signature_bytes != sizeof(ProgramSignature)) return Status::kBadLength;
  if (fnv64(bytes.subspan(sizeof(ProgramHeader), header->body_bytes)) != header->hash) return Status::kBadChecksum;
  if (header->body_bytes < kDirectoryBytes) return Status::kBadStructure;
  base_ = bytes.data();
  directory_ = reinterpret_cast<const SectionEntry*>(base_ + sizeof(ProgramHeader));
  if (!sections_in_range(end)) return Status::kBadStructure;
  header_ = header;
  if (!references_in_range()) {
    header_ = nullptr;
    return Status::kBadStructure;
  }
  return Status::kOk;
}

std::uint32_t ProgramView::find_symbol(std::string_view text) const {
  const std::uint32_t hash = fnv32(as_bytes(text));
  const std::span<const SymbolRow> rows = symbols();
  std::size_t low = 0;
  for (std::size_t size = rows.size(); size > 0;) {
    const std::size_t half = size / 2;
    if (rows[low + half].hash < hash) {
      low += half + 1;
      size -= half + 1;
    } else {
      size = half;
    }
  }
  for (; low < rows.size() && rows[low].hash == hash; ++low) {
    if (symbol(static_cast<std::uint32_t>(low)) == text) return static_cast<std::uint32_t>(low);
  }
  return kNone;
}

std::uint32_t ProgramView::find_event(std::uint32_t name) const {
  const std::span<const EventRow> rows = events();
  std::size_t low = 0;
  for (std::size_t size = rows.size(); size > 0;) {
    const std::size_t half = size / 2;
    if (rows[low + half].name < name) {
      low += half + 1;
      size -= half + 1;
    } else {
      size = half;
    }
  }
  return low < rows.size() && rows[low].name == name ? static_cast<std::uint32_t>(low) : kNone;
}

}  // namespace omo
