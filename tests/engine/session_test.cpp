// SPDX-License-Identifier: Apache-2.0
// When a session begins and how long it goes on, in one tab and over several.
#include <algorithm>
#include <catch2/catch.hpp>

#include "support/device.h"
#include "support/random.h"

namespace session_test {

using namespace omo;
using namespace omo::test;

namespace {

std::string sessions_playbook(const std::string& rules) {
  return playbook((rules.empty() ? "" : "\"session\": " + rules + ", ") + std::string(R"json(
    "events": { "quiz_done": { "purposes": ["marketing"] } },
    "signals": { "sessions": { "count": "session_start", "keep": 50 },
                 "source": { "last": "session_start", "of": "session_source" },
                 "medium": { "last": "session_start", "of": "session_medium" },
                 "name": { "last": "session_start", "of": "session_campaign" },
                 "referrer": { "last": "session_start", "of": "session_referrer" },
                 "views": { "count": "page_view", "keep": 50 },
                 "path": { "recent": "page_view", "of": "page_path", "keep": 20 },
                 "types": { "recent": "page_view", "of": "page_type", "keep": 20 } },
    "segments": { "back": "sessions >= 2" })json"));
}

const TestProgram& program() {
  static const TestProgram made(sessions_playbook(""));
  return made;
}

Record tags(double time, const Datum& source, const Datum& medium = nullptr, const Datum& name = nullptr) {
  return context(time, {{"source", source}, {"medium", medium}, {"campaign", name}});
}

/// A tab that is looked at, on a device with what `kept` holds.
void visit(Device& tab, double time, const std::string& path = "/") {
  tab.take(edge(time, Edge::kVisible));
  tab.take(edge(time, Edge::kFocused));
  tab.take(page(time, path));
}

/// Journals of tabs, merged by time into `into` as the shell does it.
void replay_in_order(Device& into, std::initializer_list<const Device*> tabs) {
  struct Piece {
    double time;
    std::vector<std::uint8_t> bytes;
  };
  std::vector<Piece> pieces;
  for (const Device* tab : tabs) {
    const Bytes header = Bytes(tab->journal).first(kJournalHeaderBytes);
    std::size_t position = kJournalHeaderBytes;
    for (;;) {
      const std::size_t begin = position;
      JournalFrame frame;
      REQUIRE(read_frame(tab->journal, position, frame) == Status::kOk);
      if (frame.record.empty()) break;
      std::vector<std::uint8_t> bytes(header.begin(), header.end());
      bytes.insert(bytes.end(), tab->journal.begin() + static_cast<std::ptrdiff_t>(begin),
                   tab->journal.begin() + static_cast<std::ptrdiff_t>(position));
      ByteReader time(frame.record.subspan(sizeof(InputKind)));
      pieces.push_back({time.u48(), std::move(bytes)});
    }
  }
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.time < b.time; });
  for (const Piece& piece : pieces) (void)into.engine.apply_journal(piece.bytes);
}

/// Events that wait to be sent, by name.
std::string queued(Device& device) {
  std::string names;
  for (const DecodedEvent& event : device.decoded_batch().events) {
    names += std::string(names.empty() ? "" : " ") +
             std::string(device.program().view().name_of(Table::kEvent, event.event));
  }
  return names;
}

}  // namespace

TEST_CASE("a session begins with the first page view, before it, and goes on with the next") {
  Device device(program());
  visit(device, kStart, "/");
  device.take(page(kStart + 10000, "/a"));
  CHECK(device.signal("sessions") == "1");
  CHECK(queued(device) == "session_start page_view user_engagement page_view");
}

TEST_CASE("a session begins after 30 minutes without activity, and not a moment earlier") {
  Device device(program());
  device.take(page(kStart, "/"));
  device.take(page(kStart + 30 * kMinute - 1, "/a"));
  CHECK(device.signal("sessions") == "1");
  device.take(page(kStart + 60 * kMinute - 1, "/b"));
  CHECK(device.signal("sessions") == "2");
  CHECK(device.on("back"));
}

TEST_CASE("events and attention keep a session alive; a page that only lies open does not") {
  Device active(program());
  visit(active, kStart);
  for (int i = 1; i <= 5; ++i) active.take(event(kStart + i * 20 * kMinute, "search", {{"search_term", "rose"}}));
  active.take(page(kStart + 120 * kMinute, "/a"));
  CHECK(active.signal("sessions") == "1");

  Device reading(program());
  visit(reading, kStart);
  for (int i = 1; i <= 50; ++i) reading.take(edge(kStart + i * 2 * kMinute, Edge::kActivity));
  reading.take(page(kStart + 110 * kMinute, "/a"));
  CHECK(reading.signal("sessions") == "1");

  Device open(program());
  visit(open, kStart);
  for (int i = 1; i <= 50; ++i) open.take(tick(kStart + i * 2 * kMinute));
  open.take(edge(kStart + 109 * kMinute, Edge::kHidden));
  open.take(page(kStart + 110 * kMinute, "/a"));
  CHECK(open.signal("sessions") == "2");
}

TEST_CASE("an event after 30 idle minutes begins a session before it takes effect, with its items as they were") {
  Device device(program());
  device.take(page(kStart, "/"));
  device.take(event(kStart + kHour, "add_to_cart", {{"currency", "JPY"}}, {{{"item_id", "a"}}, {{"item_id", "b"}}}));
  CHECK(device.signal("sessions") == "2");
  CHECK(queued(device) == "session_start page_view session_start add_to_cart");
  const DecodedEvent cart = device.decoded_batch().events[3];
  CHECK(cart.params.size() == 3);
  CHECK(device.outcome().label == 0);
}

TEST_CASE("activity after a session has ended does not bring it back") {
  Device device(program());
  visit(device, kStart);
  for (int i = 0; i <= 20; ++i) device.take(edge(kStart + kHour + i * kMinute, Edge::kActivity));
  device.take(page(kStart + kHour + 21 * kMinute, "/a"));
  CHECK(device.signal("sessions") == "2");
}

TEST_CASE("a session ends 24 hours after its start, however active the visitor is") {
  Device device(program());
  for (int i = 0; i < 24 * 3; ++i) device.take(page(kStart + i * 20 * kMinute, "/"));
  CHECK(device.signal("sessions") == "1");
  device.take(page(kStart + kDay - 1, "/"));
  CHECK(device.signal("sessions") == "1");
  device.take(page(kStart + kDay, "/"));
  CHECK(device.signal("sessions") == "2");
}

TEST_CASE("idle and max are the playbook's") {
  const TestProgram short_sessions(sessions_playbook(R"({"idle": "10s", "max": "1m"})"));
  Device device(short_sessions);
  for (int i = 0; i <= 5; ++i) device.take(page(kStart + i * 9 * kSecond, "/"));
  CHECK(device.signal("sessions") == "1");
  device.take(page(kStart + 55 * kSecond, "/"));
  CHECK(device.signal("sessions") == "2");
  for (int i = 1; i <= 10; ++i) device.take(page(kStart + (55 + i * 6) * kSecond, "/"));
  CHECK(device.signal("sessions") == "3");
}

TEST_CASE("midnight of the visitor's time zone begins a session only where the playbook says so") {
  const TestProgram by_day(sessions_playbook(R"({"midnight": true})"));
  // kStart is midnight in UTC, so 09:00 in Japan: midnight there is 15 hours later.
  constexpr double kMidnight = kStart + 15 * kHour;
  const auto sessions = [&](const TestProgram& made, double from) {
    Device device(made);
    device.take(context(from, {{"utc_offset_min", 540.0}}));
    device.take(page(from, "/"));
    device.take(page(from + 10 * kMinute, "/a"));
    return device.signal("sessions");
  };
  CHECK(sessions(by_day, kMidnight - 5 * kMinute) == "2");
  CHECK(sessions(by_day, kMidnight - 10 * kMinute) == "2");
  CHECK(sessions(by_day, kMidnight) == "1");
  CHECK(sessions(by_day, kStart + kDay - 5 * kMinute) == "1");
  CHECK(sessions(program(), kMidnight - 5 * kMinute) == "1");
}

TEST_CASE("a page view with other campaign tags begins a session, unless the playbook says no") {
  const auto sessions = [](const TestProgram& made) {
    std::string counts;
    Device device(made);
    const auto view = [&](const Record& context) {
      device.take(context);
      device.take(page(device.outcome().time, "/"));
      counts += device.signal("sessions");
    };
    view(tags(kStart, "news", "email", "spring"));
    view(tags(kStart + 1 * kMinute, nullptr));                    // no tags: the same session
    view(tags(kStart + 2 * kMinute, "news", "email", "spring"));  // the same address again
    view(tags(kStart + 3 * kMinute, "news", "email", "summer"));  // another campaign of the same source
    view(tags(kStart + 4 * kMinute, "google", "cpc"));
    view(tags(kStart + 5 * kMinute, nullptr));
    return counts;
  };
  CHECK(sessions(program()) == "111233");
  CHECK(sessions(TestProgram(sessions_playbook(R"({"new_campaign": false})"))) == "111111");
}

TEST_CASE("a session_start says where the visitor came from, and what is not known is absent") {
  Device device(program());
  device.take(context(kStart, {{"source", "google"}, {"medium", "cpc"}, {"page_referrer", "search"}}));
  device.take(page(kStart, "/", "", "search"));
  CHECK(device.signal("source") == "\"google\"");
  CHECK(device.signal("medium") == "\"cpc\"");
  CHECK(device.signal("referrer") == "\"search\"");
  CHECK(device.signal("name") == "null");
  CHECK(device.decoded_batch().events[0].params.size() == 3);
  Device direct(program());
  direct.take(page(kStart, "/"));
  CHECK(direct.decoded_batch().events[0].params.empty());
}

TEST_CASE("without measurement there is no session, and granting it begins one with the next page view") {
  Device device(program(), purpose::kStorage | purpose::kPersonalization);
  device.take(page(kStart, "/"));
  CHECK(device.outcome().label == 0);
  CHECK(device.signal("views") == "1");
  device.take(consent(kStart, purpose::kAll, purpose::kAll));
  CHECK(device.signal("sessions") == "0");
  device.take(page(kStart + 1, "/"));
  CHECK(device.signal("sessions") == "1");
  device.take(consent(kStart + 2, purpose::kMeasurement, 0));
  device.take(consent(kStart + 2, purpose::kMeasurement, purpose::kMeasurement));
  device.take(page(kStart + 3, "/"));
  CHECK(device.signal("sessions") == "1");
}

TEST_CASE("an event that needs more than measurement is no activity of the session") {
  Device device(program());
  device.take(page(kStart, "/"));
  device.take(event(kStart + 20 * kMinute, "quiz_done"));
  device.take(page(kStart + 40 * kMinute, "/"));
  CHECK(device.signal("sessions") == "2");
  device.take(event(kStart + 2 * kHour, "quiz_done"));
  CHECK(device.signal("sessions") == "2");
}

TEST_CASE("a page cannot begin a session that is not due") {
  Device device(program());
  device.take(page(kStart, "/"));
  const std::size_t before = device.journal.size();
  device.take(event(kStart + kMinute, "session_start", {{"session_source", "google"}}));
  CHECK(device.signal("sessions") == "2");  // other campaign tags than those it began with
  device.take(event(kStart + 2 * kMinute, "session_start", {{"session_source", "google"}}));
  device.take(event(kStart + 3 * kMinute, "session_start"));
  CHECK(device.signal("sessions") == "2");
  CHECK(device.journal.size() > before);
}

TEST_CASE("a session works where nothing is sent and nothing else is kept") {
  const TestProgram silent(playbook(R"json("sync": {"mode": "off"})json"));
  Device tab(silent);
  tab.take(page(kStart, "/"));
  tab.take(edge(kStart + 20 * kMinute, Edge::kActivity));
  const std::vector<std::uint8_t> kept = tab.snapshot();
  Device restored(silent);
  (void)restored.engine.apply_journal(tab.journal);
  restored.take(tick(kStart + 20 * kMinute));
  CHECK(restored.snapshot() == kept);
  Device other(silent);
  other.take(tick(kStart + 20 * kMinute));
  CHECK(other.snapshot() != kept);
}

TEST_CASE("a session is in the snapshot: a reload goes on with it") {
  Device before(program());
  before.take(tags(kStart, "news"));
  before.take(page(kStart, "/"));
  Device after(program());
  REQUIRE(after.engine.load_snapshot(before.snapshot()) == Status::kOk);
  after.take(tags(kStart + 20 * kMinute, "news"));
  after.take(page(kStart + 20 * kMinute, "/a"));
  CHECK(after.signal("sessions") == "1");
  CHECK(after.signal("path") == R"(["/a","/"])");
}

TEST_CASE("tracking 26: idle for 30 minutes in tab A while tab B is active is one session") {
  // Each tab begins with what all have kept, as the shell does it.
  Device a(program());
  visit(a, kStart, "/a");
  Device b(program());
  (void)b.engine.apply_journal(a.journal);
  visit(b, kStart + 5 * kMinute, "/b");
  // Only attention: no event tells of it.
  for (int i = 0; i <= 60; ++i) b.take(edge(kStart + (6 + i) * kMinute, Edge::kActivity));
  CHECK(b.signal("sessions") == "1");
  // What B has kept since is merged into A before its next page view.
  (void)a.engine.apply_journal(b.journal);
  a.take(page(kStart + 70 * kMinute, "/c"));
  CHECK(a.signal("sessions") == "1");
  Device replayed(program());
  replay_in_order(replayed, {&a, &b});
  CHECK(replayed.signal("sessions") == "1");
  CHECK(replayed.signal("views") == "3");
  // Without B it would be two.
  Device alone(program());
  visit(alone, kStart, "/a");
  alone.take(page(kStart + 70 * kMinute, "/c"));
  CHECK(alone.signal("sessions") == "2");
}

TEST_CASE(
    "tabs that come back at the same moment begin one session: the replay in the order of time drops the others") {
  Device yesterday(program());
  visit(yesterday, kStart);
  Device one(program());
  Device two(program());
  Device serial(program());
  for (Device* tab : {&one, &two, &serial}) (void)tab->engine.apply_journal(yesterday.journal);
  visit(one, kStart + kDay, "/one");
  visit(two, kStart + kDay + 5, "/two");
  // Neither knew of the other.
  CHECK(one.signal("sessions") == "2");
  CHECK(two.signal("sessions") == "2");
  Device merged(program());
  replay_in_order(merged, {&two, &yesterday, &one});
  CHECK(merged.signal("sessions") == "2");
  serial.take(page(kStart + kDay, "/one"));
  serial.take(page(kStart + kDay + 5, "/two"));
  CHECK(serial.signal("sessions") == "2");
  CHECK(merged.signal("path") == serial.signal("path"));
  CHECK(queued(merged) == "session_start page_view session_start page_view page_view");
}

TEST_CASE("over random inputs in two tabs, the merged state has the sessions of a serial replay") {
  for (std::uint32_t seed_value = 1; seed_value <= 200; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    Device one(program());
    Device two(program());
    Device serial(program());
    double time = kStart;
    for (int i = 0; i < 40; ++i) {
      static constexpr double kSteps[] = {1, 10 * kSecond, kMinute, 9 * kMinute, 29 * kMinute, 31 * kMinute, kDay};
      time += random.pick(kSteps);
      const Record record = random.one_in(3)   ? edge(time, Edge::kActivity)
                            : random.one_in(2) ? page(time, "/" + std::to_string(i))
                                               : event(time, "search", {{"search_term", "rose"}});
      serial.take(record);
      // The tab that is used learns first what the other has kept.
      Device& used = random.one_in(2) ? one : two;
      used.engine.clear_state();
      replay_in_order(used, {&one, &two});
      used.take(record);
    }
    Device merged(program());
    replay_in_order(merged, {&one, &two});
    REQUIRE(merged.signal("sessions") == serial.signal("sessions"));
    REQUIRE(merged.signal("path") == serial.signal("path"));
  }
}

TEST_CASE("the path is the recent page views, by path and by type, and holds no more than it keeps") {
  Device device(program());
  const auto view = [&](double time, const std::string& path, const Datum& type) {
    device.take(context(time, {{"page_type", type}}));
    device.take(page(time, path));
  };
  view(kStart, "/", "home");
  view(kStart + 1, "/category/roses", "category");
  view(kStart + 2, "/item/1", "product");
  view(kStart + 3, "/about", nullptr);
  CHECK(device.signal("path") == R"(["/about","/item/1","/category/roses","/"])");
  CHECK(device.signal("types") == R"(["product","category","home"])");
  std::size_t bytes = 0;
  for (int i = 0; i < 500; ++i) {
    view(kStart + 10 + i, "/item/" + std::to_string(100 + i), "type " + std::to_string(100 + i));
    device.take(ack(kStart + 10 + i, 1, 0xFFFFFFF0));
    (void)device.batch();
    device.take(ack(kStart + 10 + i, 1, 0xFFFFFFF0));
    if (i == 30) bytes = device.snapshot().size();
  }
  CHECK(device.snapshot().size() == bytes);
}

}  // namespace session_test
