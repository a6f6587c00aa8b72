// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "cli/recorded_names.h"
#include "cli/replay_input.h"
#include "wire/input.h"
#include "wire/vocabulary_tables.h"

namespace omo {
namespace {

/// Visitors that a thread takes at once.
constexpr std::size_t kShare = 64;

struct Period {
  double from_ms;
  double width_ms;
  std::size_t count;
  [[nodiscard]] std::size_t of(double time_ms) const {
    const double index = (time_ms - from_ms) / width_ms;
    return index <= 0 ? 0 : std::min(count - 1, static_cast<std::size_t>(index));
  }
};

/// A program in aligned memory, that queues nothing: nobody would send it.
std::vector<std::uint64_t> quiet_program(Bytes program) {
  std::vector<std::uint64_t> aligned((program.size() + 7) / 8);
  auto* bytes = reinterpret_cast<std::uint8_t*>(aligned.data());
  std::memcpy(bytes, program.data(), program.size());
  ProgramView view;
  if (const Status status = view.open({bytes, program.size()}); status != Status::kOk) {
    throw std::invalid_argument(std::string(status_text(status)));
  }
  const_cast<MetaRow&>(view.meta()).sync_events = 0;
  ProgramHeader header;
  std::memcpy(&header, bytes, sizeof header);
  header.hash = fnv64({bytes + sizeof header, header.body_bytes});
  std::memcpy(bytes, &header, sizeof header);
  return aligned;
}

struct Totals {
  explicit Totals(std::size_t names, std::size_t periods)
      : ever(names), times(names), held_back(names), series(names * periods), periods_(periods) {}
  std::int64_t& at(std::size_t name, std::size_t period) { return series[name * periods_ + period]; }
  void add(const Totals& other) {
    for (std::size_t i = 0; i < ever.size(); ++i) {
      ever[i] += other.ever[i];
      times[i] += other.times[i];
      held_back[i] += other.held_back[i];
    }
    for (std::size_t i = 0; i < series.size(); ++i) series[i] += other.series[i];
  }

  std::vector<std::uint64_t> ever, times, held_back;
  std::vector<std::int64_t> series;

 private:
  std::size_t periods_;
};

/// A visitor to be run, and what the names of the recording mean.
struct Visit {
  const VisitorBlock* block;
  const RecordedNames* names;
};

/// One thread's engine, and what its visitors add up to.
class Runner {
 public:
  Runner(Bytes program, const BacktestOptions& options, const Period& period)
      : options_(options), period_(period), program_(program) {
    ProgramView view;
    if (view.open(program) != Status::kOk) throw std::invalid_argument("the program cannot be loaded");
    memory_.resize((Engine::memory_needed(view) + 7) / 8);
    const MutableBytes memory{reinterpret_cast<std::uint8_t*>(memory_.data()), memory_.size() * 8};
    if (engine_.load_program(program, memory) != Status::kOk) throw std::invalid_argument("out of memory");
    segments = std::make_unique<Totals>(view.segments().size(), period.count);
    campaigns = std::make_unique<Totals>(view.campaigns().size(), period.count);
    segment_on_.resize(view.segments().size());
    segment_ever_.resize(view.segments().size());
    campaign_.resize(view.campaigns().size());
    slot_shows_.resize(view.slots().size());
    const Bytes fresh = engine_.state_bytes();
    fresh_.assign(fresh.begin(), fresh.end());
    make_impressions();
  }

  void run(const Visit& visit) {
    const VisitorBlock& block = *visit.block;
    if (frames_checksum(block.frames) != block.checksum) {
      ++damaged;
      return;
    }
    begin(block.visitor);
    frames_.assign(block.frames.begin(), block.frames.end());
    ByteReader reader(frames_);
    while (!reader.at_end()) {
      const std::uint16_t length = reader.u16();
      const std::size_t at = reader.position();
      reader.take(length);
      if (!reader.ok() || length < kInputHeaderBytes) break;
      take({frames_.data() + at, length}, *visit.names);
      ++inputs;
    }
    wake_until(period_.from_ms + period_.width_ms * static_cast<double>(period_.count));
    ++visitors;
  }

  std::unique_ptr<Totals> segments, campaigns;
  std::uint64_t visitors = 0, inputs = 0, refused = 0, damaged = 0;

 private:
  /// What one visitor has had so far.
  struct CampaignState {
    bool ever, held_back;
    std::size_t reached_in;  ///< period + 1; 0 = never
  };

  void make_impressions() {
    const ProgramView& view = engine_.program();
    impressions_.resize(view.variants().size());
    for (std::uint32_t variant = 0; variant < view.variants().size(); ++variant) {
      const std::uint32_t shown_by = engine_.campaign_of(variant);
      if (shown_by == kNone) continue;  // a note
      const CampaignRow& campaign = view.campaigns()[shown_by];
      std::vector<std::uint8_t> record(kMaxRecordBytes);
      ByteWriter writer(record);
      write_input_header(writer, InputKind::kNamedEvent, 0);
      writer.u32(view.find_symbol("view_promotion"));
      writer.varint(3);
      for (const auto& [name, symbol] :
           {std::pair{"promotion_id", campaign.name}, std::pair{"creative_name", view.variants()[variant].name},
            std::pair{"creative_slot", view.slots()[campaign.slot].name}}) {
        writer.u32(view.find_symbol(name));
        write_value(writer, text_value(view.symbol(symbol)));
      }
      writer.varint(0);
      record.resize(writer.position());
      impressions_[variant] = std::move(record);
    }
  }

  void begin(std::uint64_t visitor) {
    std::memcpy(memory_.data(), fresh_.data(), fresh_.size());
    std::fill(segment_on_.begin(), segment_on_.end(), std::uint8_t{0});
    std::fill(segment_ever_.begin(), segment_ever_.end(), std::uint8_t{0});
    std::fill(campaign_.begin(), campaign_.end(), CampaignState{});
    std::array<std::uint8_t, 16> seed{};
    std::memcpy(seed.data(), &visitor, sizeof visitor);
    apply(seed_record(seed));
    // The stream id is no part of a decision; consent until the recording says otherwise.
    std::uint8_t consent[kInputHeaderBytes + 2];
    ByteWriter writer(consent);
    write_input_header(writer, InputKind::kConsent, 0);
    writer.u8(purpose::kAll);
    writer.u8(options_.granted);
    apply(writer.written());
    if ((engine_.outcome().flags & outcome::kNeedsSeed) != 0) apply(seed_record(seed));
  }

  void apply(Bytes record) { note(engine_.apply(record)); }

  /// What an input has come to.
  void note(Status status) {
    if (status != Status::kOk || engine_.outcome().detail != 0) ++refused;
    if ((engine_.outcome().flags & outcome::kSegmentsChanged) != 0) look_at_segments();
  }

  void look_at_segments() {
    const std::uint8_t* const now_on = engine_.segments();
    const std::size_t count = segment_on_.size();
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    // Few of many segments move: words of them that are the same are passed over.
    for (std::size_t first = 0; first < count; first += kWord) {
      const std::size_t size = std::min(kWord, count - first);
      std::uint64_t before = 0;
      std::uint64_t after = 0;
      std::memcpy(&before, segment_on_.data() + first, size);
      std::memcpy(&after, now_on + first, size);
      if (before == after) continue;
      for (std::size_t i = first; i < first + size; ++i) {
        if (segment_on_[i] != now_on[i]) move_segment(i, now_on[i] != 0);
      }
    }
  }

  void move_segment(std::size_t segment, bool on) {
    segment_on_[segment] = on ? 1 : 0;
    // Differences: their sum up to a period is the size when it ends.
    segments->at(segment, period_.of(engine_.outcome().time)) += on ? 1 : -1;
    if (!on) return;
    ++segments->times[segment];
    if (segment_ever_[segment] == 0) ++segments->ever[segment];
    segment_ever_[segment] = 1;
  }

  /// Time passes as it would on the device: the engine is woken whenever it wants to be.
  void wake_until(double time_ms) {
    for (double wake = engine_.outcome().wake_at; wake > 0 && wake < time_ms; wake = engine_.outcome().wake_at) {
      note(engine_.take_event(kNone, wake));
    }
  }

  void take(MutableBytes record, const RecordedNames& names) {
    ByteReader reader(record);
    const auto kind = static_cast<InputKind>(reader.u8());
    const double time = reader.u48();
    wake_until(time);
    RecordedEvent event = RecordedEvent::kOther;
    if (kind == InputKind::kNamedEvent || kind == InputKind::kEvent) {
      // No recording has events by their texts.
      const RecordedNames::Event resolved =
          kind == InputKind::kNamedEvent ? names.resolve(record) : RecordedNames::Event{};
      if (!resolved.ok) {
        ++refused;
        return;
      }
      event = resolved.event;
    }
    if (event == RecordedEvent::kPromotion && !options_.recorded_feedback) return;
    apply(record);
    if (kind == InputKind::kPage || event == RecordedEvent::kPageView) show(time);
  }

  void show(double time) {
    const std::size_t now = period_.of(time);
    for (std::uint32_t i = 0; i < campaign_.size(); ++i) {
      const Verdict verdict = engine_.verdict(i);
      const bool is_pressed = verdict == Verdict::kCap || verdict == Verdict::kQuiet || verdict == Verdict::kFatigue;
      if (is_pressed && !campaign_[i].held_back) {
        campaign_[i].held_back = true;
        ++campaigns->held_back[i];
      }
    }
    // All slots first: an impression may change what the others show.
    for (std::uint32_t slot = 0; slot < slot_shows_.size(); ++slot) slot_shows_[slot] = engine_.decision(slot);
    for (const std::uint32_t variant : slot_shows_) {
      if (variant == kNone) continue;
      const std::uint32_t campaign = engine_.campaign_of(variant);
      CampaignState& state = campaign_[campaign];
      ++campaigns->times[campaign];
      if (!state.ever) ++campaigns->ever[campaign];
      state.ever = true;
      if (state.reached_in != now + 1) ++campaigns->at(campaign, now);
      state.reached_in = now + 1;
      if (options_.recorded_feedback) continue;
      std::vector<std::uint8_t>& impression = impressions_[variant];
      ByteWriter writer(impression);
      write_input_header(writer, InputKind::kNamedEvent, time);
      apply(impression);
    }
  }

  const BacktestOptions& options_;
  const Period& period_;
  Bytes program_;
  Engine engine_;
  std::vector<std::uint64_t> memory_;
  std::vector<std::uint8_t> fresh_;   ///< Engine::state_bytes() before the first input
  std::vector<std::uint8_t> frames_;  ///< of the visitor at hand
  std::vector<std::uint8_t> segment_on_, segment_ever_;
  std::vector<CampaignState> campaign_;
  std::vector<std::uint32_t> slot_shows_;
  std::vector<std::vector<std::uint8_t>> impressions_;  ///< records, by variant
};

Period period_of(const std::vector<Recording>& recordings, double width_ms) {
  double from = 0;
  double until = 0;
  bool any = false;
  for (const Recording& recording : recordings) {
    if (recording.visitors().empty()) continue;
    from = any ? std::min(from, recording.from_ms()) : recording.from_ms();
    until = std::max(until, recording.until_ms());
    any = true;
  }
  Period period{std::floor(from / width_ms) * width_ms, width_ms, 1};
  const double count = std::floor((until - period.from_ms) / width_ms) + 1;
  if (count > static_cast<double>(kMaxPeriods)) {
    throw std::invalid_argument("the recording spans " + std::to_string(static_cast<std::uint64_t>(count)) +
                                " periods, more than " + std::to_string(kMaxPeriods) + ": choose a longer --every");
  }
  period.count = static_cast<std::size_t>(count);
  return period;
}

std::vector<Series> series_of(const ProgramView& view, Table table, Totals& totals, std::size_t periods, bool sums) {
  std::vector<Series> result(totals.ever.size());
  for (std::uint32_t i = 0; i < result.size(); ++i) {
    Series& series = result[i];
    series.name = view.name_of(table, i);
    series.visitors = totals.ever[i];
    series.times = totals.times[i];
    series.held_back = totals.held_back[i];
    std::int64_t sum = 0;
    for (std::size_t period = 0; period < periods; ++period) {
      sum += totals.at(i, period);
      series.periods.push_back(sums ? sum : totals.at(i, period));
    }
  }
  return result;
}

}  // namespace

BacktestResult backtest(Bytes program, const std::vector<Recording>& recordings, const BacktestOptions& options) {
  const std::vector<std::uint64_t> quiet = quiet_program(program);
  const Bytes bytes(reinterpret_cast<const std::uint8_t*>(quiet.data()), program.size());
  const Period period = period_of(recordings, options.period_ms);
  ProgramView view;
  (void)view.open(bytes);  // it was opened before
  std::vector<RecordedNames> names;
  names.reserve(recordings.size());
  std::vector<Visit> visits;
  std::uint64_t all = 0;
  for (const Recording& recording : recordings) {
    all += recording.events();
    names.emplace_back(view, recording.names());
    for (const VisitorBlock& block : recording.visitors()) visits.push_back({&block, &names.back()});
  }
  const unsigned cores = options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::unique_ptr<Runner>> runners;
  for (unsigned i = 0; i < cores; ++i) runners.push_back(std::make_unique<Runner>(bytes, options, period));

  const auto begin = std::chrono::steady_clock::now();
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> done = 0;
  std::mutex telling;
  const auto work = [&](Runner& runner) {
    for (std::size_t first = next.fetch_add(kShare); first < visits.size(); first = next.fetch_add(kShare)) {
      const std::uint64_t before = runner.inputs;
      for (std::size_t i = first; i < std::min(first + kShare, visits.size()); ++i) runner.run(visits[i]);
      const std::uint64_t now = done.fetch_add(runner.inputs - before) + runner.inputs - before;
      if (!options.progress) continue;
      const std::unique_lock lock(telling, std::try_to_lock);
      if (lock) options.progress(now, all);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < cores; ++i) threads.emplace_back(work, std::ref(*runners[i]));
  work(*runners[0]);
  for (std::thread& thread : threads) thread.join();

  BacktestResult result;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.threads = cores;
  result.from_ms = period.from_ms;
  result.period_ms = period.width_ms;
  for (const auto& runner : runners) {
    result.visitors += runner->visitors;
    result.inputs += runner->inputs;
    result.refused += runner->refused;
    result.damaged += runner->damaged;
    if (runner == runners.front()) continue;
    runners.front()->segments->add(*runner->segments);
    runners.front()->campaigns->add(*runner->campaigns);
  }
  result.segments = series_of(view, Table::kSegment, *runners.front()->segments, period.count, true);
  result.campaigns = series_of(view, Table::kCampaign, *runners.front()->campaigns, period.count, false);
  return result;
}

}  // namespace omo
