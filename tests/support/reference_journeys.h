// SPDX-License-Identifier: Apache-2.0
// Journeys, interpreted as they are written, a tree of steps: naive, and without code of the engine. Time goes from one
// moment at which anything could change to the next.
#pragma once
#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace omo::test {

struct PlainJourneyStep {
  enum class Kind { kWait, kShow, kUntilEvent, kUntil, kIf };
  Kind kind = Kind::kWait;
  std::string name, subject;  ///< subject: a campaign, an event or a condition
  double after = 0;
  std::vector<std::unique_ptr<PlainJourneyStep>> then, otherwise;
  PlainJourneyStep* follower = nullptr;  ///< where the way goes on after it; null = the end
};
using PlainSteps = std::vector<std::unique_ptr<PlainJourneyStep>>;

struct PlainJourney {
  std::string start, goal_event, goal;
  double timeout = 0;
  double restart = -1;
  PlainSteps steps;

  const PlainJourneyStep* at = nullptr;
  std::string end;  ///< how it ended
  bool ran = false;
  bool rearmed = false;
  double since = 0, started = 0;
};

/// Tells every step what comes after it.
inline void link(PlainSteps& steps, PlainJourneyStep* after) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i]->follower = i + 1 < steps.size() ? steps[i + 1].get() : after;
    link(steps[i]->then, steps[i]->follower);
    link(steps[i]->otherwise, steps[i]->follower);
  }
}

class PlainWorld {
 public:
  std::vector<PlainJourney> journeys;
  double now = 0;
  std::set<std::string> traits;  ///< bool traits that are true
  std::vector<double> events;    ///< times of quiz_done

  /// The conditions of the test's playbooks: a trait, "!trait", "busy" (2 in an hour), "fresh" (one in 30 minutes).
  [[nodiscard]] bool holds(const std::string& condition) const {
    if (condition.empty()) return false;
    if (condition[0] == '!') return traits.count(condition.substr(1)) == 0;
    if (condition == "busy") return count(3600000) >= 2;
    if (condition == "fresh") return !events.empty() && now - events.back() < 1800000;
    return traits.count(condition) != 0;
  }

  /// Lives up to a time.
  void pass(double until) {
    for (;;) {
      double next = until;
      const auto consider = [&](double when) {
        if (when > now && when < next) next = when;
      };
      for (const double time : events) {
        consider(time + 3600000);
        consider(time + 1800000);
      }
      for (const PlainJourney& journey : journeys) {
        if (journey.at != nullptr && journey.at->after > 0) consider(journey.since + journey.at->after);
        if (journey.at != nullptr && journey.timeout > 0) consider(journey.started + journey.timeout);
        if (journey.at == nullptr && journey.ran && journey.restart > 0) consider(journey.since + journey.restart);
      }
      now = next;
      look();
      if (now >= until) return;
    }
  }

  /// An event happens now; where it is an impression, of this campaign.
  void happen(const std::string& event, const std::string& campaign = "") {
    for (PlainJourney& journey : journeys) {
      const PlainJourneyStep* at = journey.at;
      if (at == nullptr) continue;
      const bool seen = at->kind == PlainJourneyStep::Kind::kShow && !campaign.empty() && at->subject == campaign;
      if (journey.goal_event == event) {
        finish(journey, "goal");
      } else if (seen || (at->kind == PlainJourneyStep::Kind::kUntilEvent && at->subject == event)) {
        enter(journey, at->follower, now);
      }
    }
    look();
  }

  /// Everything looks at what is true now.
  void look() {
    for (PlainJourney& journey : journeys) look_at(journey);
  }

  [[nodiscard]] bool shows(const std::string& campaign) const {
    return std::any_of(journeys.begin(), journeys.end(), [&](const PlainJourney& journey) {
      return journey.at != nullptr && journey.at->kind == PlainJourneyStep::Kind::kShow &&
             journey.at->subject == campaign;
    });
  }

 private:
  [[nodiscard]] long count(double within) const {
    return std::count_if(events.begin(), events.end(), [&](double time) { return now - time < within; });
  }
  void finish(PlainJourney& journey, const char* how) {
    journey.at = nullptr;
    journey.end = how;
    journey.since = now;
    journey.rearmed = false;
  }
  void enter(PlainJourney& journey, const PlainJourneyStep* step, double when) {
    while (step != nullptr && step->kind == PlainJourneyStep::Kind::kIf) {
      const PlainSteps& way = holds(step->subject) ? step->then : step->otherwise;
      step = way.empty() ? step->follower : way.front().get();
    }
    if (step == nullptr) return finish(journey, "completed");
    journey.at = step;
    journey.since = when;
  }
  void look_at(PlainJourney& journey) {
    live(journey);
    if (journey.at == nullptr && !holds(journey.start)) journey.rearmed = journey.ran;
  }
  void live(PlainJourney& journey) {
    if (journey.at == nullptr) {
      const bool on = holds(journey.start);
      const bool may = !journey.ran || (journey.restart == 0 && journey.rearmed) ||
                       (journey.restart > 0 && now - journey.since >= journey.restart);
      if (!on || !may) return;
      journey.ran = true;
      journey.started = now;
      journey.end.clear();
      enter(journey, journey.steps.front().get(), now);
    }
    while (journey.at != nullptr) {
      const PlainJourneyStep& at = *journey.at;
      if (holds(journey.goal)) {
        finish(journey, "goal");
      } else if (at.kind == PlainJourneyStep::Kind::kUntil && holds(at.subject)) {
        enter(journey, at.follower, now);
      } else if (journey.timeout > 0 && now - journey.started >= journey.timeout) {
        finish(journey, "timeout");
      } else if (at.after > 0 && now - journey.since >= at.after) {
        enter(journey, at.follower, now);
      } else {
        return;
      }
    }
  }
};

}  // namespace omo::test
