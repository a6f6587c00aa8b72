// SPDX-License-Identifier: Apache-2.0
// The manifest for people: a page that a site can publish, and the list that Japan's external transmission rule asks
// for.
#pragma once
#include <string>

namespace omo::cli {

/// Who publishes the page.
struct Publisher {
  std::string language = "ja";  ///< ja or en
  /// Whoever runs the collector, as the page names them; empty = the site itself.
  std::string recipient;
};

/// A whole page without scripts or anything loaded. `manifest` is what compile() gives.
[[nodiscard]] std::string manifest_page(const std::string& manifest, const Publisher& publisher);

/// {"external_transmissions": [{"information": [...], "recipient", "purpose_of_use"}]}: for each destination and set of
/// purposes the three things that are to be told (Telecommunications Business Act of Japan, article 27-12, and the
/// ordinance for its enforcement, article 22-2-29).
[[nodiscard]] std::string external_transmissions(const std::string& manifest, const Publisher& publisher);

}  // namespace omo::cli
