// SPDX-License-Identifier: Apache-2.0
#include "compiler/lexer.h"

#include <cmath>
#include <cstdlib>

namespace omo::compiler {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
unsigned hex_value(char c) { return static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10); }

void append_utf8(std::string& out, std::uint32_t code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
    return;
  }
  const int continuations = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  const std::uint32_t lead = continuations == 1 ? 0xC0 : continuations == 2 ? 0xE0 : 0xF0;
  out += static_cast<char>(lead | code_point >> (6 * continuations));
  for (int i = continuations - 1; i >= 0; --i) out += static_cast<char>(0x80 | (code_point >> (6 * i) & 0x3F));
}

class Lexer {
 public:
  Lexer(std::string_view text, std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  std::optional<ExpressionError> run() {
    for (;;) {
      skip_blank();
      Token token;
      token.at = static_cast<std::uint32_t>(at_);
      if (at_ >= text_.size()) {
        tokens_.push_back(std::move(token));
        return std::nullopt;
      }
      const std::size_t start = at_;
      if (!next(token)) return error_;
      token.source = text_.substr(start, at_ - start);
      tokens_.push_back(std::move(token));
    }
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool fail(std::size_t at, std::string message) {
    error_ = {static_cast<std::uint32_t>(at), std::move(message)};
    return false;
  }

  void skip_blank() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '/' && peek(1) == '/') {
        while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f') {
        return;
      }
    }
  }

  bool next(Token& token) {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(token);
    if (c == '"' || c == '\'') return string(token, false);
    if ((c == 'r' || c == 'R') && (peek(1) == '"' || peek(1) == '\'')) {
      ++at_;
      return string(token, true);
    }
    if ((c == 'b' || c == 'B') && (peek(1) == '"' || peek(1) == '\'')) {
      return fail(at_, "bytes literals are not supported here");
    }
    if (is_name_start(c)) {
      token.kind = Token::Kind::kIdentifier;
      while (is_name_start(peek()) || is_digit(peek())) ++at_;
      return true;
    }
    return operator_token(token);
  }

  bool operator_token(Token& token) {
    static constexpr std::string_view kOperators[] = {"&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[",
                                                      "]",  ",",  ".",  "?",  ":",  "+",  "-", "*", "/", "%", "{", "}"};
    for (std::string_view candidate : kOperators) {
      if (text_.substr(at_, candidate.size()) != candidate) continue;
      token.kind = Token::Kind::kOperator;
      at_ += candidate.size();
      return true;
    }
    const char c = peek();
    if (c == '=') return fail(at_, "'=' is no operator: write '=='");
    if (c == '&') return fail(at_, "'&' is no operator: write '&&'");
    if (c == '|') return fail(at_, "'|' is no operator: write '||'");
    return fail(at_, "this character has no meaning outside a string");
  }

  bool number(Token& token) {
    const std::size_t start = at_;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) return hex_number(token);
    while (is_digit(peek())) ++at_;
    bool whole = true;
    if (peek() == '.' && is_digit(peek(1))) {
      whole = false;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (!is_digit(peek(1 + sign))) return fail(at_, "an exponent needs digits");
      whole = false;
      at_ += 1 + sign;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'u' || peek() == 'U') return fail(start, "unsigned integers are not supported here: drop the u");
    if (is_name_start(peek())) return fail(at_, "a number ends here: a name cannot follow at once");
    const std::string digits(text_.substr(start, at_ - start));
    if (whole) {
      token.kind = Token::Kind::kInt;
      for (char c : digits) {
        if (token.magnitude > (UINT64_MAX - 9) / 10) return fail(start, "this integer does not fit 64 bits");
        token.magnitude = token.magnitude * 10 + static_cast<std::uint64_t>(c - '0');
      }
      return true;
    }
    token.kind = Token::Kind::kDouble;
    token.number = std::strtod(digits.c_str(), nullptr);
    return std::isfinite(token.number) || fail(start, "this number is too large for a double");
  }

  bool hex_number(Token& token) {
    const std::size_t start = at_;
    at_ += 2;
    if (!is_hex(peek())) return fail(start, "a hexadecimal number needs digits after 0x");
    token.kind = Token::Kind::kInt;
    for (; is_hex(peek()); ++at_) {
      if (token.magnitude >> 60 != 0) return fail(start, "this integer does not fit 64 bits");
      token.magnitude = token.magnitude << 4 | hex_value(peek());
    }
    if (peek() == 'u' || peek() == 'U') return fail(start, "unsigned integers are not supported here: drop the u");
    return !is_name_start(peek()) || fail(at_, "a number ends here: a name cannot follow at once");
  }

  bool string(Token& token, bool raw) {
    const std::size_t start = raw ? at_ - 1 : at_;
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    const std::string_view end = text_.substr(at_, triple ? 3 : 1);
    at_ += end.size();
    token.kind = Token::Kind::kString;
    while (at_ < text_.size()) {
      if (text_.substr(at_, end.size()) == end) {
        at_ += end.size();
        return true;
      }
      const char c = peek();
      if (!triple && (c == '\n' || c == '\r')) break;
      if (c == '\\' && !raw) {
        if (!escape(token.text)) return false;
      } else {
        token.text += c;
        ++at_;
      }
    }
    return fail(start, "this string does not end");
  }

  bool escape(std::string& out) {
    static constexpr std::string_view kLetters = "abfnrtv\\?\"'`";
    static constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\?\"'`";
    const std::size_t start = at_++;
    const char c = peek();
    const std::size_t simple = c == '\0' ? std::string_view::npos : kLetters.find(c);
    if (simple != std::string_view::npos) {
      out += kMeanings[simple];
      ++at_;
      return true;
    }
    std::uint32_t code_point = 0;
    if (c >= '0' && c <= '3') {
      for (int i = 0; i < 3; ++i, ++at_) {
        if (peek() < '0' || peek() > '7') return fail(start, "an octal escape needs three digits");
        code_point = code_point << 3 | static_cast<std::uint32_t>(peek() - '0');
      }
    } else {
      const int digits = c == 'x' || c == 'X' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
      if (digits == 0) return fail(start, "there is no such escape in a string");
      ++at_;
      for (int i = 0; i < digits; ++i, ++at_) {
        if (!is_hex(peek())) return fail(start, "this escape needs " + std::to_string(digits) + " hexadecimal digits");
        code_point = code_point << 4 | hex_value(peek());
      }
    }
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) {
      return fail(start, "this escape is no Unicode code point");
    }
    append_utf8(out, code_point);
    return true;
  }

  std::string_view text_;
  std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  ExpressionError error_;
};

}  // namespace

std::optional<ExpressionError> tokenize(std::string_view text, std::vector<Token>& tokens) {
  return Lexer(text, tokens).run();
}

}  // namespace omo::compiler
