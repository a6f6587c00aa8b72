// SPDX-License-Identifier: Apache-2.0
#include "cli/explain_words.h"

#include <cstdint>

namespace omo::cli {
namespace {

const Words kEnglish = {
    .then = "; ",
    .comma = ", ",
    .on = "on",
    .off = "off",
    .unknown = "unknown",
    .runs = "at {0}",
    .runs_not = "does not run",
    .default_content = "default content",
    .all = "all of",
    .any = "any of",
    .more = "... and more",
    .start = "starts when",
    .goal = "goal",
    .step = "step",
    .none = "never",
    .count = "{0} of {1}",
    .value = "now {0}",
    .never = "nothing yet",
    .denied = "unknown: {0} is not granted",
    .error = "cannot be told: it has no value to compare",
    .oldest = "the oldest expires in {0}",
    .begins = "begins to hold in {0}",
    .ends = "holds for {0} more",
    .not_granted = "{0} (not granted)",
    .has_consent = "granted",
    .lacks_consent = "{0} is not granted",
    .opens = "begins in {0}",
    .closes = "ends in {0}",
    .over = "is over",
    .is_open = "has begun",
    .quiet = "was dismissed, quiet for {0} more",
    .not_quiet = "not dismissed lately",
    .used = "{0} of {1} shown",
    .unlimited = "{0} shown",
    .held_out = "is among the {0} that never see it",
    .not_held_out = "is not among the {0} that never see it",
    .no_seed = "the random seed has not been given yet",
    .in_journey = "{0} stands at a step that shows it",
    .not_in_journey = "{0} does not stand at a step that shows it",
    .group_free = "group {0}: no other is shown",
    .group_taken = "group {0}: {1} is shown",
    .slot_free = "the slot is free",
    .slot_own = "has the slot",
    .slot_taken = "{0} has the slot",
    .priority = "priority {0}",
    .holds = "stays for this page view",
    .since = "for {0}",
    .leads_on = "goes on in {0}",
    .waits_for = "waits for {0}",
    .ended = "ended {0} ago: {1}",
    .never_again = "never starts again",
    .again_later = "starts again once its condition did not hold in between",
    .days = " d",
    .hours = " h",
    .minutes = " min",
    .seconds = " s",
    .milliseconds = " ms",
    .tables = {"", "", "signal", "trait", "context", "segment", "slot", "campaign", "", "score", "journey", ""},
    .journey_ends = {"", "all steps are done", "its goal was reached", "its time was up"},
    .verdicts = {"shown", "slot", "consent", "audience", "schedule", "cap", "quiet", "holdout", "group", "budget",
                 "holdout of all", "journey", "seed"}};

const Words kJapanese = {.then = "。",
                         .comma = "、",
                         .on = "該当",
                         .off = "非該当",
                         .unknown = "不明",
                         .runs = "{0} にいる",
                         .runs_not = "動いていない",
                         .default_content = "既定の内容",
                         .all = "すべて",
                         .any = "いずれか",
                         .more = "…ほかにもある",
                         .start = "開始の条件",
                         .goal = "ゴール",
                         .step = "ステップ",
                         .none = "決して成り立たない",
                         .count = "{1} 回中 {0} 回",
                         .value = "今は {0}",
                         .never = "まだない",
                         .denied = "不明: {0} の同意がない",
                         .error = "判定できない: 比べる値がない",
                         .oldest = "いちばん古いものは {0}後に期限切れ",
                         .begins = "{0}後に成り立つ",
                         .ends = "あと {0}成り立つ",
                         .not_granted = "{0} (同意なし)",
                         .has_consent = "同意あり",
                         .lacks_consent = "{0} の同意がない",
                         .opens = "{0}後に始まる",
                         .closes = "{0}後に終わる",
                         .over = "終わった",
                         .is_open = "始まっている",
                         .quiet = "閉じられたので、あと {0}出さない",
                         .not_quiet = "最近は閉じられていない",
                         .used = "{1} 回中 {0} 回表示",
                         .unlimited = "{0} 回表示",
                         .held_out = "見せない {0} に入っている",
                         .not_held_out = "見せない {0} に入っていない",
                         .no_seed = "乱数の種がまだない",
                         .in_journey = "{0} が、これを見せるステップにいる",
                         .not_in_journey = "{0} は、これを見せるステップにいない",
                         .group_free = "グループ {0}: ほかは出ていない",
                         .group_taken = "グループ {0}: {1} が出ている",
                         .slot_free = "枠は空いている",
                         .slot_own = "枠を取った",
                         .slot_taken = "枠は {0} が取った",
                         .priority = "優先度 {0}",
                         .holds = "このページビューの間は変わらない",
                         .since = "{0}前から",
                         .leads_on = "{0}後に先へ進む",
                         .waits_for = "{0} を待つ",
                         .ended = "{0}前に終わった: {1}",
                         .never_again = "もう始まらない",
                         .again_later = "条件が一度外れると、また始まる",
                         .days = " 日",
                         .hours = " 時間",
                         .minutes = " 分",
                         .seconds = " 秒",
                         .milliseconds = " ミリ秒",
                         .tables = {"", "", "シグナル", "トレイト", "コンテキスト", "セグメント", "枠", "キャンペーン",
                                    "", "スコア", "ジャーニー", ""},
                         .journey_ends = {"", "全ステップ完了", "ゴール到達", "時間切れ"},
                         .verdicts = {"表示", "枠", "同意", "対象者", "期間", "回数の上限", "休止", "ホールドアウト",
                                      "グループ", "全体の上限", "全体のホールドアウト", "ジャーニー", "乱数"}};

}  // namespace

const Words& words_of(std::string_view language) { return language == "ja" ? kJapanese : kEnglish; }

std::string fill(std::string_view text, std::string_view first, std::string_view second) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "{0}" || text.substr(i, 3) == "{1}") {
      result += text[i + 1] == '0' ? first : second;
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string span_text(const Words& words, double ms) {
  struct Unit {
    std::string_view name;
    std::uint64_t ms;
  };
  const Unit units[] = {{words.days, 86400000},
                        {words.hours, 3600000},
                        {words.minutes, 60000},
                        {words.seconds, 1000},
                        {words.milliseconds, 1}};
  auto left = static_cast<std::uint64_t>(ms > 0 ? ms : 0);
  std::string text;
  int parts = 0;
  for (const Unit& unit : units) {
    const std::uint64_t count = left / unit.ms;
    left %= unit.ms;
    // Of two units only neighbours are told: nobody asks for the minutes of a week.
    if (count == 0 && parts > 0) break;
    if (count == 0) continue;
    text += (parts > 0 ? " " : "") + std::to_string(count) + std::string(unit.name);
    if (++parts == 2) break;
  }
  return text.empty() ? "0" + std::string(words.seconds) : text;
}

}  // namespace omo::cli
