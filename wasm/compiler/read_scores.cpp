// SPDX-License-Identifier: Apache-2.0
// Scores: named numbers, with grades by edges.
#include <algorithm>

#include "compiler/read.h"

namespace omo::compiler {
namespace {

void read_grades(Compilation& compilation, const Node& grades, const std::string& what, Score& score) {
  if (!check_count(compilation, grades, grades.members.size(), kMaxGrades, "max_grades")) return;
  for (const Member& member : grades.members) {
    if (!check_name(compilation, member.key, member.key_offset, "a grade")) continue;
    const Node& edge = member.value;
    if (edge.kind != Node::Kind::kInt && edge.kind != Node::Kind::kDouble) {
      compilation.error(edge.offset, "grade " + in_quotes(member.key) + " of " + what +
                                         " must be a number: the least that the score has in it");
      continue;
    }
    const double least = edge.kind == Node::Kind::kInt ? static_cast<double>(edge.integer) : edge.number;
    for (const Grade& other : score.grades) {
      if (other.edge == least) {
        compilation.error(edge.offset, "grades " + in_quotes(other.name) + " and " + in_quotes(member.key) + " of " +
                                           what + " begin at one number");
      }
    }
    score.grades.push_back({member.key, least});
  }
  std::sort(score.grades.begin(), score.grades.end(), [](const Grade& a, const Grade& b) { return a.edge > b.edge; });
}

void read_score(Compilation& compilation, const Member& member, Score& score) {
  const std::string what = "score " + in_quotes(member.key);
  score.text = &member.value;
  if (member.value.kind == Node::Kind::kObject) {
    if (!expect_object(compilation, member.value, kScoreKeys, what)) return;
    if (member.value.find("value") == nullptr)
      compilation.error(member.value.offset, what + " needs \"value\": its expression");
    score.text = get(compilation, member.value, "value", Node::Kind::kString, "value of " + what);
    if (const Node* grades = get(compilation, member.value, "grades", Node::Kind::kObject, "grades of " + what)) {
      read_grades(compilation, *grades, what, score);
    }
    if (const Member* purposes = member.value.find("purposes")) {
      score.stated_label = read_purposes(compilation, purposes->value, "purposes of " + what);
      score.purposes_offset = purposes->value.offset;
    }
  } else if (member.value.kind != Node::Kind::kString) {
    compilation.error(member.value.offset, what + " must be an expression (a string) or an object, not " +
                                               std::string(kind_name(member.value.kind)));
    return;
  }
  if (score.text == nullptr) return;
  if (const std::optional<ExpressionError> error = parse_expression(score.text->text, score.expression)) {
    compilation.error(compilation.offset_in(*score.text, error->at), error->message);
    return;
  }
  score.parsed = true;
}

}  // namespace

void read_scores(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Node* scores = get(compilation, root, "scores", Node::Kind::kObject, "scores");
  if (scores == nullptr || !check_count(compilation, *scores, scores->members.size(), kMaxScores, "max_scores")) return;
  for (const Member& member : scores->members) {
    const bool named = check_identifier(compilation, member.key, member.key_offset, "a score") &&
                       add_name(compilation, member.key, member.key_offset, Playbook::NameKind::kScore,
                                static_cast<std::uint32_t>(playbook.scores.size()));
    Score score;
    score.name = member.key;
    score.offset = member.key_offset;
    read_score(compilation, member, score);
    if (named) playbook.scores.push_back(std::move(score));
  }
}

}  // namespace omo::compiler
