// SPDX-License-Identifier: Apache-2.0
#include "cli/manifest_page.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace omo::cli {
namespace {

using Json = nlohmann::ordered_json;

/// One thing in English and in Japanese.
struct Word {
  std::string_view name, english, japanese;
};

constexpr std::array kEvents{
    Word{"session_start", "the beginning of a visit", "ご訪問の開始"},
    Word{"page_view", "a page was opened", "ページの表示"},
    Word{"user_engagement", "how long a page was read", "ページを読んでいた時間"},
    Word{"section_engagement", "how long a part of a page was read", "ページの一部を読んでいた時間"},
    Word{"view_element", "a part of a page was seen", "ページの一部の表示"},
    Word{"scroll", "how far a page was scrolled", "ページのスクロールの深さ"},
    Word{"search", "a search on the site", "サイト内の検索"},
    Word{"view_search_results", "results of a search", "検索結果の表示"},
    Word{"login", "a login", "ログイン"},
    Word{"sign_up", "a registration", "会員登録"},
    Word{"share", "something was shared", "共有"},
    Word{"select_content", "something was chosen", "コンテンツの選択"},
    Word{"generate_lead", "an inquiry", "お問い合わせ"},
    Word{"view_item_list", "a list of items was seen", "商品一覧の表示"},
    Word{"select_item", "an item of a list was chosen", "一覧からの商品の選択"},
    Word{"view_item", "an item was looked at", "商品の表示"},
    Word{"add_to_wishlist", "an item was added to the wish list", "お気に入りへの追加"},
    Word{"add_to_cart", "an item was put into the cart", "カートへの追加"},
    Word{"remove_from_cart", "an item was taken out of the cart", "カートからの削除"},
    Word{"view_cart", "the cart was looked at", "カートの表示"},
    Word{"begin_checkout", "a checkout was begun", "購入手続きの開始"},
    Word{"add_shipping_info", "a way of delivery was chosen", "お届け方法の選択"},
    Word{"add_payment_info", "a way of payment was chosen", "お支払い方法の選択"},
    Word{"purchase", "a purchase", "ご購入"},
    Word{"refund", "a refund", "返金"},
    Word{"view_promotion", "an offer was shown", "ご案内の表示"},
    Word{"select_promotion", "an offer was chosen", "ご案内の選択"},
    Word{"dismiss_promotion", "an offer was closed", "ご案内を閉じた操作"},
    Word{"segment_entered", "a group was entered", "グループに入ったこと"},
    Word{"segment_exited", "a group was left", "グループから出たこと"},
};

constexpr std::array kPurposes{
    Word{"storage", "to keep it in the visitor's browser", "お客様のブラウザへの保存"},
    Word{"functional", "functions that the visitor has asked for", "ご希望の機能の提供"},
    Word{"measurement", "to measure how the site is used", "サイトの利用状況の計測"},
    Word{"personalization", "to show content that suits the visitor", "お客様に合わせた表示"},
    Word{"marketing", "marketing", "広告・宣伝"},
    Word{"sharing", "to hand data on to third parties", "第三者への提供"},
};

constexpr std::array kKinds{
    Word{"count", "how often", "回数"},
    Word{"sum", "total", "合計"},
    Word{"min", "smallest", "最小"},
    Word{"max", "largest", "最大"},
    Word{"average", "average", "平均"},
    Word{"first", "first", "最初の値"},
    Word{"last", "latest", "最後の値"},
    Word{"recency", "when last", "最後の時刻"},
    Word{"distinct", "how many different", "種類の数"},
    Word{"top", "most frequent", "最も多いもの"},
    Word{"recent", "the latest ones", "最近のもの"},
    Word{"sequence", "in this order", "順序"},
    Word{"rfm", "how recent, how often, how much", "新しさ・頻度・金額"},
};

/// What the manifest calls them in English.
constexpr std::array kOthers{
    Word{"random seed for the choice of variants and holdouts", "", "表示の種類を選ぶための無作為な数"},
    Word{"hashes of the transaction ids of the last purchases", "", "最近のご購入の注文番号のハッシュ値"},
    Word{"start and latest activity of the session, and a hash of the campaign tags that it began with", "",
         "ご訪問の開始と最後の操作の時刻、流入元のハッシュ値"},
    Word{"items seen on pages: id, title, address, image, price, category of the last 64", "",
         "ご覧になった最近 64 点の商品の番号・名前・アドレス・画像・価格・分類"},
    Word{"random stream id", "", "無作為な番号"},
    Word{"unsent events", "", "まだ送信していない記録"},
};

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// Writes in one of the two languages.
class Page {
 public:
  Page(const std::string& manifest, const Publisher& publisher)
      : manifest_(Json::parse(manifest)), publisher_(publisher), japanese_(publisher.language == "ja") {}

  [[nodiscard]] Json transmissions() const {
    // Events of one set of purposes go together, in the order in which they are declared.
    std::vector<std::pair<std::string, Json>> rows;
    for (const Json& event : manifest_["sent"]["events"]) {
      const bool exempt = needs_no_consent(event);
      const std::string purpose = purposes(event["purposes"]) + (exempt ? exemption() : "");
      auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.first == purpose; });
      if (row == rows.end())
        row = rows.insert(rows.end(), {purpose, exempt ? Json::array({exempt_envelope()}) : Json::array()});
      row->second.push_back(information(event));
    }
    Json list = Json::array();
    bool has_envelope = false;
    for (auto& [purpose, events] : rows) {
      if (!has_envelope && events[0] != exempt_envelope()) {
        events.insert(events.begin(), envelope());
        has_envelope = true;
      }
      list.push_back({{"information", events}, {"recipient", recipient()}, {"purpose_of_use", purpose}});
    }
    return list;
  }

  [[nodiscard]] std::string write() {
    const std::string title = say("What this site keeps and sends", "このサイトが保存・送信する情報");
    out_ =
        "<!doctype html>\n<html lang=\"" + std::string(japanese_ ? "ja" : "en") +
        "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
        title +
        "</title>\n<style>\n"
        ":root{color-scheme:light dark}body{max-width:60rem;margin:0 auto;padding:2rem 1rem;font:1rem/1.7 "
        "system-ui,sans-serif}\n"
        "h1{line-height:1.3}table{width:100%;border-collapse:collapse}caption{text-align:start;padding:.5rem 0}\n"
        "th,td{padding:.6rem .8rem;border:1px solid #8886;text-align:start;vertical-align:top;overflow-wrap:anywhere}"
        "th{background:#8881}\nul{margin:0;padding-inline-start:1.2rem}code{font-size:.9em}\n"
        "@media(max-width:40rem){thead{position:absolute;clip-path:inset(50%)}tr,td{display:block}td+td{border-top:0}"
        "tr{margin-bottom:1rem}}\n</style>\n</head>\n<body>\n<h1>" +
        title + "</h1>\n";
    paragraph(
        say("What this site learns from your visit is kept in your browser. Only what is listed here leaves it, and "
            "only where you have allowed it. You can withdraw that at any time.",
            "ご訪問から得た情報は、お客様のブラウザの中に保存されます。外部に送信されるのは、お客様が許可された場合の、"
            "次に掲げる情報だけです。許可はいつでも取り消せます。"));
    const Json& events = manifest_["sent"]["events"];
    if (std::any_of(events.begin(), events.end(), needs_no_consent)) {
      paragraph(
          say("One exception: how its pages are used is measured before you decide, for statistics only, with nothing "
              "that tells who you are and nothing kept in your browser. You can refuse that at any time.",
              "ただし、ページの利用状況は、ご選択の前にも、統計のためだけに計測します。お客様を識別する情報は含まず、"
              "ブラウザには何も保存しません。いつでも拒否できます。"));
    }
    write_sent();
    write_kept();
    out_ += "<p><small>" + escaped(manifest_["site"].get<std::string>()) + " · " + say("playbook", "プレイブック") +
            " <code>" + escaped(manifest_["program"].get<std::string>()) + "</code></small></p>\n</body>\n</html>\n";
    return out_;
  }

 private:
  [[nodiscard]] std::string say(std::string_view english, std::string_view japanese) const {
    return std::string(japanese_ ? japanese : english);
  }
  template <std::size_t count>
  [[nodiscard]] std::string word(const std::array<Word, count>& words, const std::string& name) const {
    const auto found = std::find_if(words.begin(), words.end(), [&](const Word& one) { return one.name == name; });
    return found == words.end() ? name : say(found->english.empty() ? found->name : found->english, found->japanese);
  }
  [[nodiscard]] std::string purposes(const Json& names) const {
    std::string text;
    for (const Json& name : names) {
      // Where it is kept is told by itself.
      if (name == "storage" && names.size() > 1) continue;
      if (!text.empty()) text += say(", ", "、");
      text += word(kPurposes, name);
    }
    return text.empty() ? say("needed for the site to work", "サイトの動作に必要なもの") : text;
  }
  [[nodiscard]] std::string recipient() const {
    return publisher_.recipient.empty() ? say("the operator of this site", "当サイトの運営者") : publisher_.recipient;
  }
  [[nodiscard]] std::string envelope() const {
    const Json& days = manifest_["sent"]["stream_id_lives_ms"];
    const std::string count = std::to_string(days.get<std::uint64_t>() / 86'400'000);
    return say("with everything: a random number that stands for this browser (another after at most " + count +
                   " days, and after each consent), the time, what you have allowed",
               "すべてに共通：このブラウザを表す無作為な番号（長くても " + count +
                   " 日、または許可のたびに変わります）、時刻、許可の状態");
  }
  [[nodiscard]] static bool needs_no_consent(const Json& event) { return event.contains("without_consent"); }
  [[nodiscard]] std::string exemption() const {
    return say(": until you have decided also without consent", "（ご選択までは、同意がなくても計測します）");
  }
  [[nodiscard]] std::string exempt_envelope() const {
    return say("with everything: the time, and before you have decided a random number that changes with every page",
               "すべてに共通：時刻と、ご選択まではページごとに変わる無作為な番号");
  }
  [[nodiscard]] std::string information(const Json& event) const {
    std::string text = word(kEvents, event["name"]);
    std::string params;
    for (const Json& param : event["params"]) params += (params.empty() ? "" : ", ") + param["name"].get<std::string>();
    return params.empty() ? text : text + say(" (", "（") + params + say(")", "）");
  }

  void paragraph(const std::string& text) { out_ += "<p>" + escaped(text) + "</p>\n"; }
  void heads(const std::string& caption, const std::vector<std::string>& names) {
    out_ += "<table>\n<caption>" + escaped(caption) + "</caption>\n<thead><tr>";
    for (const std::string& name : names) out_ += "<th scope=\"col\">" + escaped(name) + "</th>";
    out_ += "</tr></thead>\n<tbody>\n";
  }
  void cells(const std::vector<std::string>& html) {
    out_ += "<tr>";
    for (const std::string& one : html) out_ += "<td>" + one + "</td>";
    out_ += "</tr>\n";
  }

  void write_sent() {
    out_ += "<h2>" + say("What is sent", "外部に送信される情報") + "</h2>\n";
    const Json list = transmissions();
    if (list.empty()) return paragraph(say("Nothing is sent.", "送信される情報はありません。"));
    heads(say("External transmission of information about users", "利用者に関する情報の外部送信"),
          {say("Information", "送信される情報の内容"), say("Recipient", "送信先の名称"),
           say("Purpose of use", "利用目的")});
    for (const Json& row : list) {
      std::string items = "<ul>";
      for (const Json& item : row["information"]) items += "<li>" + escaped(item.get<std::string>()) + "</li>";
      cells({items + "</ul>", escaped(row["recipient"].get<std::string>()),
             escaped(row["purpose_of_use"].get<std::string>())});
    }
    out_ += "</tbody>\n</table>\n";
  }

  void write_kept() {
    out_ += "<h2>" + say("What is kept in your browser", "ブラウザに保存される情報") + "</h2>\n";
    heads(say("At the longest until 13 months after your last visit", "長くても、最後のご訪問から 13 か月まで"),
          {say("Name", "名称"), say("What it is", "内容"), say("How far back", "さかのぼる期間"),
           say("Purpose of use", "利用目的")});
    const Json& kept = manifest_["kept"];
    for (const Json& signal : kept["signals"]) {
      cells({called(signal["name"]), escaped(word(kKinds, signal["kind"]) + say(": ", "：") + source_of(signal)),
             escaped(window(signal)), escaped(purposes(signal["purposes"]))});
    }
    for (const Json& trait : kept["traits"]) {
      cells({called(trait["name"]), say("what you or the site have stated", "お客様またはサイトが示した値"), "",
             escaped(purposes(trait["purposes"]))});
    }
    for (const Json& campaign : kept["campaigns"]) {
      cells({code(campaign["name"]),
             say("when this offer was shown or closed", "このご案内が表示された・閉じられた時刻"), "",
             escaped(purposes(campaign["purposes"]))});
    }
    for (const Json& journey : kept["journeys"]) {
      cells({code(journey["name"]), say("the step at which you are", "ご案内の順序の中での現在の位置"), "",
             escaped(purposes(journey["purposes"]))});
    }
    for (const Json& other : kept["other"]) {
      cells({"", escaped(word(kOthers, other["what"])), "", escaped(purposes(other["purposes"]))});
    }
    out_ += "</tbody>\n</table>\n";
  }
  [[nodiscard]] static std::string code(const Json& name) {
    return "<code>" + escaped(name.get<std::string>()) + "</code>";
  }
  /// What it is called for people, where the playbook says so, and its name.
  [[nodiscard]] std::string called(const Json& name) const {
    const Json titles = manifest_.value("titles", Json::object());
    const auto title = titles.find(name.get<std::string>());
    if (title == titles.end()) return code(name);
    auto text = title->find(say("en", "ja"));
    if (text == title->end()) text = title->begin();
    return escaped(text->get<std::string>()) + "<br>" + code(name);
  }
  [[nodiscard]] std::string source_of(const Json& signal) const {
    const auto event = signal.find("event");
    std::string text = event == signal.end() ? "" : word(kEvents, *event);
    if (const auto of = signal.find("of"); of != signal.end()) text += " → " + of->get<std::string>();
    return text;
  }
  [[nodiscard]] std::string window(const Json& signal) const {
    if (const auto within = signal.find("within"); within != signal.end()) {
      return *within == "session" ? say("this visit", "今回のご訪問") : say("this page", "このページ");
    }
    const auto duration = signal.find("within_ms");
    if (duration == signal.end() || duration->is_null()) return say("no limit", "制限なし");
    const auto minutes = duration->get<std::uint64_t>() / 60'000;
    if (minutes % 1440 == 0) return std::to_string(minutes / 1440) + say(" days", " 日");
    if (minutes % 60 == 0) return std::to_string(minutes / 60) + say(" hours", " 時間");
    return std::to_string(minutes) + say(" minutes", " 分");
  }

  Json manifest_;
  const Publisher& publisher_;
  bool japanese_;
  std::string out_;
};

}  // namespace

std::string manifest_page(const std::string& manifest, const Publisher& publisher) {
  return Page(manifest, publisher).write();
}

std::string external_transmissions(const std::string& manifest, const Publisher& publisher) {
  return Json{{"external_transmissions", Page(manifest, publisher).transmissions()}}.dump(2) + "\n";
}

}  // namespace omo::cli
