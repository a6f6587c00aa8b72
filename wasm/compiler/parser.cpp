// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdlib>

#include "compiler/lexer.h"
#include "expression/moment.h"
#include "wire/vocabulary.h"

namespace omo::compiler {
namespace {

constexpr std::string_view kReservedWords[] = {
    "false", "true",   "null", "in",   "as",      "break",     "const",  "continue", "else", "for",  "function",
    "if",    "import", "let",  "loop", "package", "namespace", "return", "var",      "void", "while"};

class Parser {
 public:
  explicit Parser(const std::vector<Token>& tokens) : tokens_(tokens) {}

  std::optional<ExpressionError> run(Expression& expression) {
    if (!parse_choice(expression)) return error_;
    if (peek().kind != Token::Kind::kEnd && !unexpected("an operator")) return error_;
    return std::nullopt;
  }

 private:
  [[nodiscard]] const Token& peek() const { return tokens_[next_]; }
  [[nodiscard]] bool at(std::string_view operator_text) const {
    return peek().kind == Token::Kind::kOperator && peek().source == operator_text;
  }
  bool accept(std::string_view operator_text) {
    if (!at(operator_text)) return false;
    ++next_;
    return true;
  }
  bool fail(std::uint32_t position, std::string message) {
    error_ = {position, std::move(message)};
    return false;
  }

  /// Says what CEL has at this place and this language has not, or what was expected.
  bool unexpected(std::string_view expected) {
    const Token& token = peek();
    if (token.kind == Token::Kind::kEnd)
      return fail(token.at, "the expression ends here: expected " + std::string(expected));
    if (token.kind == Token::Kind::kOperator) {
      const std::string_view text = token.source;
      if (text == "{") return fail(token.at, "maps and messages are not supported here");
      if (text == "[") return fail(token.at, "indexing is not supported here");
    }
    return fail(token.at, "unexpected '" + std::string(token.source) + "': expected " + std::string(expected));
  }

  /// Guards recursion; every nested part goes through here.
  template <class Body>
  bool nested(Body body) {
    if (depth_ >= kMaxDepth) {
      return fail(peek().at, "nested too deep: the limit max_depth is " + std::to_string(kMaxDepth));
    }
    ++depth_;
    const bool done = body();
    --depth_;
    return done;
  }

  /// The part reaches from a byte of the text to the end of the last token.
  void place(Expression& part, std::uint32_t begin) const {
    const Token& last = tokens_[next_ - 1];
    part.begin = begin;
    part.end = last.at + static_cast<std::uint32_t>(last.source.size());
  }

  bool parse_choice(Expression& result) {
    const std::uint32_t begin = peek().at;
    if (!parse_or(result)) return false;
    if (!at("?")) return true;
    Expression choice;
    choice.kind = Expression::Kind::kChoose;
    choice.at = result.at;
    choice.operator_at = peek().at;
    ++next_;
    choice.children.push_back(std::move(result));
    return nested([&] {
      if (!parse_or(choice.children.emplace_back())) return false;
      if (!accept(":")) return unexpected("':'");
      if (!parse_choice(choice.children.emplace_back())) return false;
      result = std::move(choice);
      place(result, begin);
      return true;
    });
  }

  bool parse_or(Expression& result) { return chain(result, "||", Expression::Kind::kOr, &Parser::parse_and); }
  bool parse_and(Expression& result) { return chain(result, "&&", Expression::Kind::kAnd, &Parser::parse_relation); }

  bool chain(Expression& result, std::string_view symbol, Expression::Kind kind, bool (Parser::*operand)(Expression&)) {
    const std::uint32_t begin = peek().at;
    if (!(this->*operand)(result)) return false;
    if (!at(symbol)) return true;
    Expression all;
    all.kind = kind;
    all.at = result.at;
    all.operator_at = peek().at;
    all.children.push_back(std::move(result));
    while (accept(symbol)) {
      if (!(this->*operand)(all.children.emplace_back())) return false;
    }
    result = std::move(all);
    place(result, begin);
    return true;
  }

  /// A chain of operators of one rank, from the left.
  bool arithmetic(Expression& result, std::string_view operators, bool (Parser::*operand)(Expression&)) {
    const std::uint32_t begin = peek().at;
    if (!(this->*operand)(result)) return false;
    for (std::uint32_t terms = 2; peek().kind == Token::Kind::kOperator && peek().source.size() == 1 &&
                                  operators.find(peek().source) != std::string_view::npos;
         ++terms) {
      if (terms > kMaxTerms) {
        return fail(peek().at, "the limit max_terms of one chain is " + std::to_string(kMaxTerms));
      }
      Expression whole;
      whole.kind = Expression::Kind::kArithmetic;
      whole.arithmetic = peek().source[0];
      whole.at = result.at;
      whole.operator_at = peek().at;
      ++next_;
      whole.children.push_back(std::move(result));
      if (!(this->*operand)(whole.children.emplace_back())) return false;
      result = std::move(whole);
      place(result, begin);
    }
    return true;
  }
  bool parse_sum(Expression& result) { return arithmetic(result, "+-", &Parser::parse_product); }
  bool parse_product(Expression& result) { return arithmetic(result, "*/%", &Parser::parse_unary); }

  bool relation_operator(Expression& relation) {
    static constexpr Comparison kAll[] = {Comparison::kEqual,     Comparison::kNotEqual, Comparison::kLess,
                                          Comparison::kLessEqual, Comparison::kGreater,  Comparison::kGreaterEqual};
    relation.operator_at = peek().at;
    if (peek().kind == Token::Kind::kIdentifier && peek().source == "in") {
      relation.kind = Expression::Kind::kIn;
      ++next_;
      return true;
    }
    for (Comparison comparison : kAll) {
      if (!accept(comparison_text(comparison))) continue;
      relation.kind = Expression::Kind::kCompare;
      relation.comparison = comparison;
      return true;
    }
    return false;
  }

  bool parse_relation(Expression& result) {
    const std::uint32_t begin = peek().at;
    if (!parse_sum(result)) return false;
    Expression relation;
    if (!relation_operator(relation)) return true;
    relation.at = result.at;
    relation.children.push_back(std::move(result));
    if (!parse_sum(relation.children.emplace_back())) return false;
    result = std::move(relation);
    place(result, begin);
    Expression further;
    if (relation_operator(further))
      return fail(further.operator_at, "chained comparisons are not supported here: join them with &&");
    return true;
  }

  bool parse_unary(Expression& result) {
    const std::uint32_t start = peek().at;
    if (accept("!")) {
      return nested([&] {
        Expression operand;
        if (!parse_unary(operand)) return false;
        result = {};
        result.kind = Expression::Kind::kNot;
        result.at = start;
        result.children.push_back(std::move(operand));
        place(result, start);
        return true;
      });
    }
    if (at("-")) {
      const Token& number = tokens_[next_ + 1];
      ++next_;
      if (number.kind == Token::Kind::kInt || number.kind == Token::Kind::kDouble) {
        return parse_number(result, start, true) && parse_postfix(result, start);
      }
      return nested([&] {
        Expression operand;
        if (!parse_unary(operand)) return false;
        result = {};
        result.kind = Expression::Kind::kNegate;
        result.at = start;
        result.children.push_back(std::move(operand));
        place(result, start);
        return true;
      });
    }
    return parse_primary(result) && parse_postfix(result, start);
  }

  bool parse_number(Expression& result, std::uint32_t start, bool negative) {
    const Token& token = peek();
    ++next_;
    result = {};
    result.at = start;
    place(result, start);
    Constant& constant = result.constant;
    if (token.kind == Token::Kind::kDouble) {
      constant.type = ValueType::kDouble;
      constant.number = negative ? -token.number : token.number;
      return true;
    }
    constant.type = ValueType::kInt;
    const std::uint64_t largest = static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0);
    if (token.magnitude > largest) return fail(start, "this integer does not fit 64 bits");
    constant.integer = static_cast<std::int64_t>(negative ? ~token.magnitude + 1 : token.magnitude);
    constant.number = static_cast<double>(constant.integer);
    return true;
  }

  bool parse_postfix(Expression& result, std::uint32_t begin) {
    for (std::uint32_t methods = 0; accept(".");) {
      const Token& member = peek();
      if (member.kind != Token::Kind::kIdentifier) return unexpected("a name after '.'");
      ++next_;
      if (accept("(")) {
        if (++methods > kMaxDepth) {
          return fail(member.at, "nested too deep: the limit max_depth is " + std::to_string(kMaxDepth));
        }
        Expression call;
        call.kind = Expression::Kind::kCall;
        call.method = true;
        call.name = std::string(member.source);
        call.at = result.at;
        call.operator_at = member.at;
        call.children.push_back(std::move(result));
        result = std::move(call);
        if (!nested([&] { return parse_arguments(result, ")"); })) return false;
        place(result, begin);
        continue;
      }
      if (result.kind != Expression::Kind::kName)
        return fail(member.at, "a member of this is not supported here: only context.NAME and SCORE.grade");
      result.kind = Expression::Kind::kSelect;
      result.member = std::string(member.source);
      result.operator_at = member.at;
      place(result, begin);
      if (at(".") && tokens_[next_ + 1].kind == Token::Kind::kIdentifier && tokens_[next_ + 2].source != "(") {
        return fail(peek().at, "nested members are not supported here: context values are plain");
      }
    }
    if (at("[") || at("{")) return unexpected("an operator");
    return true;
  }

  bool parse_primary(Expression& result) {
    const Token& token = peek();
    result = {};
    result.at = token.at;
    switch (token.kind) {
      case Token::Kind::kInt:
      case Token::Kind::kDouble:
        return parse_number(result, token.at, false);
      case Token::Kind::kString:
        ++next_;
        result.constant.type = ValueType::kString;
        result.constant.text = token.text;
        place(result, token.at);
        return true;
      case Token::Kind::kIdentifier:
        return parse_name(result);
      case Token::Kind::kOperator:
        if (accept("(")) {
          return nested([&] { return parse_choice(result) && (accept(")") || unexpected("')'")); });
        }
        if (accept("[")) {
          result.kind = Expression::Kind::kList;
          return nested([&] { return parse_arguments(result, "]"); });
        }
        break;
      case Token::Kind::kEnd:
        break;
    }
    return unexpected("a value");
  }

  bool parse_name(Expression& result) {
    const Token& token = peek();
    if (token.source == "true" || token.source == "false") {
      result.constant.type = ValueType::kBool;
      result.constant.boolean = token.source == "true";
      result.constant.number = result.constant.boolean ? 1 : 0;
    } else if (token.source == "null") {
      result.constant.type = ValueType::kNull;
    } else if (is_reserved_word(token.source)) {
      return unexpected("a value");
    } else {
      result.kind = Expression::Kind::kName;
      result.name = std::string(token.source);
    }
    ++next_;
    place(result, token.at);
    if (result.kind != Expression::Kind::kName || !accept("(")) return true;
    result.kind = Expression::Kind::kCall;
    result.operator_at = result.at;
    return nested([&] { return parse_arguments(result, ")"); });
  }

  bool parse_arguments(Expression& result, std::string_view end) {
    bool closed = accept(end);
    while (!closed) {
      if (!parse_choice(result.children.emplace_back())) return false;
      closed = accept(end);
      if (!closed && !accept(",")) return unexpected("',' or '" + std::string(end) + "'");
      closed = closed || (end == "]" && accept(end));  // CEL allows a comma after the last element of a list
    }
    place(result, result.at);
    return true;
  }

  const std::vector<Token>& tokens_;
  std::size_t next_ = 0;
  std::uint32_t depth_ = 0;
  ExpressionError error_;
};

}  // namespace

std::string_view type_name(ValueType type) {
  static constexpr std::string_view kNames[] = {"null",     "bool", "int",  "double",    "string",
                                                "duration", "date", "list", "timestamp", "any"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view comparison_text(Comparison comparison) {
  static constexpr std::string_view kTexts[] = {"==", "!=", "<", "<=", ">", ">="};
  return kTexts[static_cast<std::size_t>(comparison)];
}

Comparison mirrored(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLess:
      return Comparison::kGreater;
    case Comparison::kLessEqual:
      return Comparison::kGreaterEqual;
    case Comparison::kGreater:
      return Comparison::kLess;
    case Comparison::kGreaterEqual:
      return Comparison::kLessEqual;
    default:
      return comparison;
  }
}

std::optional<ExpressionError> parse_expression(std::string_view text, Expression& expression) {
  std::vector<Token> tokens;
  if (std::optional<ExpressionError> error = tokenize(text, tokens)) return error;
  return Parser(tokens).run(expression);
}

std::optional<double> parse_cel_duration(std::string_view text) {
  const Datum duration = parse_duration(text);
  if (duration.kind != Datum::Kind::kDuration) return std::nullopt;
  return static_cast<double>(duration.integer) * 1000 + duration.size / 1e6;
}

bool is_reserved_word(std::string_view text) {
  for (std::string_view word : kReservedWords) {
    if (text == word) return true;
  }
  return false;
}

bool is_identifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  for (char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return !is_reserved_word(text);
}

}  // namespace omo::compiler
