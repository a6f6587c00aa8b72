// SPDX-License-Identifier: Apache-2.0
#include "engine/session.h"

#include <iterator>

#include "engine/kept_state.h"
#include "engine/occurrence.h"
#include "engine/signals.h"

namespace omo {
namespace {

constexpr double kActivityParts = 30;

/// Of the session_start at hand: source, medium and name of the campaign, not the referrer.
std::uint32_t campaign_at_hand(const State& state) {
  std::uint32_t hash = 0;
  for (std::uint32_t fact = 1; fact < std::size(state.known.session_facts); ++fact) {
    const Value value = find_param(state, state.known.session_facts[fact]);
    if (!value.is_null()) hash = fnv32(as_bytes(value.text), hash + fact);
  }
  return hash;
}

}  // namespace

bool is_session_due(const State& state, double campaign) {
  const Item& item = state.own->session;
  if (item.size == 0) return true;
  const MetaRow& rules = state.program.meta();
  const Entry& session = entry_of(item, 0);
  const double now = state.outcome.time;
  if (now - session.number >= rules.session_idle_ms || now - session.time_ms >= rules.session_max_ms) return true;
  if ((rules.session_rules & kSessionMidnight) != 0 && local_day(state, now) != local_day(state, session.time_ms)) {
    return true;
  }
  return (rules.session_rules & kSessionCampaign) != 0 && campaign != 0 && campaign != item.number;
}

bool may_view_begin_session(const State& state) {
  const Item* const tags = &state.contexts[page_context::kSource];
  return state.own->session.size == 0 || (tags[0].size | tags[1].size | tags[2].size) != 0;
}

bool begin_session(State& state) {
  const std::uint32_t campaign = campaign_at_hand(state);
  if (!is_session_due(state, campaign)) return false;
  Item& item = state.own->session;
  item.number = campaign;
  item.size = 1;
  Entry& session = entry_of(item, 0);
  session.time_ms = state.outcome.time;
  session.number = state.outcome.time;
  begin_span(state, kSignalSession);
  return true;
}

bool note_activity(State& state) {
  const Item& item = state.own->session;
  if (item.size == 0) return false;
  Entry& session = entry_of(item, 0);
  const double since = state.outcome.time - session.number;
  const double idle = state.program.meta().session_idle_ms;
  if (since >= idle || since * kActivityParts < idle) return false;
  session.number = state.outcome.time;
  return true;
}

}  // namespace omo
