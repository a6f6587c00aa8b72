// SPDX-License-Identifier: Apache-2.0
// A playbook in which marketing is one purpose among others, and the records that both label tests take.
#pragma once

#include "support/device.h"

namespace omo::test {

constexpr std::uint8_t kNoMarketing = purpose::kAll & ~purpose::kMarketing;

inline std::string campaign(const std::string& name, const std::string& keys) {
  return '"' + name + "\": {" + keys + R"(, "variants": {"v": {"creative": {"type": "banner", "title": "t"}}}})";
}

inline const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "sync": { "mode": "events", "segments": true },
    "events": { "quiz_done": { "params": { "style": "string" }, "purposes": ["marketing"] } },
    "traits": { "rank": { "type": "string", "purposes": ["marketing"] }, "city": { "type": "string", "purposes": [] } },
    "context": { "partner": { "type": "string", "purposes": ["marketing"] }, "weather": { "type": "string" } },
    "signals": { "views": { "count": "view_item", "within": "1m", "purposes": [] },
                 "quizzes": { "count": "quiz_done", "purposes": ["marketing"] } },
    "segments": { "viewing": "views >= 1", "quizzed": "quizzes >= 1" },
    "campaigns": { )json" + campaign("ad", R"("slot": "hero", "audience": "quizzed", "priority": 9, "group": "g")") +
                                         ", " + campaign("twin", R"("slot": "side", "priority": 2, "group": "g")") +
                                         ", " + campaign("plain", R"("slot": "side", "priority": 1)") + R"json( },
    "journeys": { "j": { "start": "views >= 1", "restart": "always", "steps": [ { "wait": "1m" } ] } } )json"));
  return made;
}

inline Record view(double time) { return event(time, "view_item"); }
inline Record seen(double time, const std::string& name) {
  return event(time, "view_promotion", {{"promotion_id", name}});
}
inline Record withdrawn(double time) { return consent(time, purpose::kMarketing, 0); }

}  // namespace omo::test
