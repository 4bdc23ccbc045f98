// What the corpus shows: terminals full of lines, and the windows in which Windows shows or takes passwords.
#pragma once

#include <vector>

#include "tests/corpus/page.h"

namespace frostgate::corpus {

struct Theme {
  const char* name;
  Rgb paper, ink, prompt;
};

const std::vector<Theme>& themes();

// Pages with every kind of `kinds` once, in a terminal of the theme; harmless lines stand between them.
std::vector<Page> terminal_pages(const Theme& theme, const std::vector<SecretKind>& kinds, double points, Chance& chance);

// Pages without any secret; `hard`: of lines that look like it.
Page benign_page(const Theme& theme, bool hard, double points, Chance& chance);

// RDP logon, credential dialog, registry, services, SQL management, options dialog, unattended-install editor.
std::vector<Page> window_pages(Chance& chance);

}  // namespace frostgate::corpus
