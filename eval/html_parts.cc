#include "eval/html_parts.h"

#include "base/markup.h"

namespace quarry::eval::html {

std::string Text(std::string_view text) { return EscapeMarkup(text); }

std::string Element(const char* tag, const std::string& style, const std::string& inner) {
  return std::string("<") + tag + (style.empty() ? "" : " class=\"" + style + "\"") + ">" + inner +
         "</" + tag + ">";
}

std::string Cell(const std::string& inner) { return Element("td", "", inner); }
std::string NumberCell(const std::string& inner) { return Element("td", "n", inner); }

std::string Head(const std::vector<std::string>& names, size_t first_number) {
  std::string row;
  for (size_t i = 0; i < names.size(); ++i) {
    row += Element("th", i >= first_number ? "n" : "", Text(names[i]));
  }
  return "<thead><tr>" + row + "</tr></thead>";
}

}  // namespace quarry::eval::html
