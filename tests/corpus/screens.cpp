#include "tests/corpus/screens.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace frostgate::corpus {
namespace {

constexpr int kRows = 24, kMargin = 12;
constexpr Size kTerminal{1400, 0};
constexpr Rgb kDesktop = 0x3B5570;

int pitch_of(double points) { return static_cast<int>(std::lround(points * 96 / 72 * 1.3)); }

Page empty_terminal(const Theme& theme, double points) {
  Page page{{kTerminal.width, kRows * pitch_of(points) + 2 * kMargin + 30}, kDesktop, {}, {}};
  page.panels.push_back({{4, 26, page.size.width - 8, page.size.height - 30}, theme.paper, 0x707070, true});
  page.panels.push_back({{4, 2, page.size.width - 8, 24}, 0xE8E8E8, 0, false});
  page.labels.push_back({{14, 4}, {"Administrator: srv01", 0, 0}, 0x303030, 9, ""});
  return page;
}

void put(Page& page, int row, const Line& line, Rgb ink, double points, const std::string& kind) {
  page.labels.push_back({{kMargin, 26 + kMargin / 2 + row * pitch_of(points)}, line, ink, points, kind});
}

Line plain(std::string text) { return {std::move(text), 0, 0}; }

Line secret_line(const char* pattern, Chance& chance) { return lines_of({"", pattern}, chance).front(); }

// A dialog of the look Windows has: title bar, grey or white ground, fields with a border.
class Dialog {
 public:
  Dialog(Size size, const char* title, Rgb ground) : page_{{size.width + 80, size.height + 80}, kDesktop, {}, {}} {
    page_.panels.push_back({{40, 40, size.width, size.height}, ground, 0x1883D7, true});
    page_.panels.push_back({{40, 40, size.width, 30}, 0xFFFFFF, 0, false});
    text(12, 7, plain(title));
  }
  void text(int x, int y, Line line, const char* kind = "", double points = 9, Rgb ink = 0x000000) {
    page_.labels.push_back({{40 + x, 40 + y}, std::move(line), ink, points, kind});
  }
  void panel(const Rect& area, Rgb paper, Rgb border = 0x7A7A7A) {
    page_.panels.push_back({{40 + area.x, 40 + area.y, area.width, area.height}, paper, border, true});
  }
  void field(int x, int y, int width, Line line, const char* kind = "") {
    panel({x, y, width, 24}, 0xFFFFFF);
    text(x + 6, y + 4, std::move(line), kind);
  }
  void button(int x, int y, const char* name) {
    panel({x, y, 86, 24}, 0xE1E1E1, 0xADADAD);
    text(x + 22, y + 4, plain(name));
  }
  Page page() && { return std::move(page_); }

 private:
  Page page_;
};

Page rdp_logon(Chance& chance) {
  Dialog dialog({520, 330}, "Windows Security", 0xFFFFFF);
  dialog.text(20, 50, plain("Enter your credentials"), "", 14, 0x003399);
  dialog.text(20, 86, plain("These credentials will be used to connect to srv01.example.org."));
  dialog.field(20, 120, 380, plain("EXAMPLE\\administrator"));
  dialog.text(20, 158, plain("Password"));
  dialog.field(20, 178, 380, secret_line("{p}", chance), "window: logon, label above");
  dialog.text(20, 220, plain("Remember me"));
  dialog.button(310, 280, "OK");
  dialog.button(410, 280, "Cancel");
  return std::move(dialog).page();
}

Page credential_dialog(Chance& chance) {
  Dialog dialog({460, 230}, "Connect to 10.0.0.7", 0xF0F0F0);
  dialog.text(20, 56, plain("User name:"));
  dialog.field(150, 52, 270, plain("administrator"));
  dialog.text(20, 96, plain("Password:"));
  dialog.field(150, 92, 270, secret_line("{p}", chance), "window: credentials, label left");
  dialog.button(240, 180, "OK");
  dialog.button(340, 180, "Cancel");
  return std::move(dialog).page();
}

Page registry(Chance& chance) {
  Dialog dialog({760, 260}, "Registry Editor", 0xFFFFFF);
  dialog.text(12, 38, plain("Computer\\HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon"));
  const int name = 20, type = 240, data = 380;
  dialog.panel({0, 62, 760, 24}, 0xF5F5F5, 0xE0E0E0);
  dialog.text(name, 66, plain("Name"));
  dialog.text(type, 66, plain("Type"));
  dialog.text(data, 66, plain("Data"));
  const std::pair<const char*, Line> rows[] = {
      {"AutoAdminLogon", plain("1")},         {"DefaultDomainName", plain("EXAMPLE")}, {"DefaultPassword", secret_line("{p}", chance)},
      {"DefaultUserName", plain("kiosk")}, {"ShutdownWithoutLogon", plain("0")},
  };
  int y = 94;
  for (const auto& [key, value] : rows) {
    dialog.text(name, y, plain(key));
    dialog.text(type, y, plain("REG_SZ"));
    dialog.text(data, y, value, "window: registry value");
    y += 22;
  }
  return std::move(dialog).page();
}

Page services(Chance& chance) {
  Dialog dialog({480, 330}, "Shop Agent Properties (Local Computer)", 0xF0F0F0);
  dialog.text(20, 44, plain("General     Log On     Recovery     Dependencies"));
  dialog.text(20, 80, plain("Log on as:"));
  dialog.text(40, 108, plain("This account:"));
  dialog.field(180, 104, 240, plain(".\\svc-shop"));
  const Line password = secret_line("{p}", chance);
  dialog.text(40, 148, plain("Password:"));
  dialog.field(180, 144, 240, password, "window: service password");
  dialog.text(40, 188, plain("Confirm password:"));
  dialog.field(180, 184, 240, password, "window: service password, confirmed");
  dialog.button(180, 286, "OK");
  dialog.button(280, 286, "Cancel");
  return std::move(dialog).page();
}

Page sql_management(Chance& chance) {
  Dialog dialog({860, 330}, "SQLQuery1.sql - db1.shop (EXAMPLE\\admin (57))", 0xFFFFFF);
  dialog.text(20, 46, plain("SELECT id, login, password, last_seen FROM dbo.users ORDER BY id"), "", 10, 0x0000C0);
  dialog.text(20, 74, secret_line("CREATE LOGIN report WITH PASSWORD = '{p}'", chance), "window: SQL statement", 10);
  const int columns[] = {20, 90, 250, 560};
  dialog.panel({0, 112, 860, 24}, 0xEFEFEF, 0xC8C8C8);
  const char* heads[] = {"id", "login", "password", "last_seen"};
  for (int c = 0; c < 4; ++c) dialog.text(columns[c], 116, plain(heads[c]));
  const char* logins[] = {"anna", "bert", "carla", "dieter", "eva"};
  for (int row = 0; row < 5; ++row) {
    const int y = 144 + row * 24;
    dialog.text(columns[0], y, plain(std::to_string(101 + row)));
    dialog.text(columns[1], y, plain(logins[row]));
    dialog.text(columns[2], y, secret_line("{p}", chance), "window: SQL result column");
    dialog.text(columns[3], y, plain("2024-06-0" + std::to_string(row + 1)));
  }
  dialog.text(20, 290, plain("Query executed successfully.  5 rows"));
  return std::move(dialog).page();
}

Page options(Chance& chance) {
  Dialog dialog({560, 280}, "Backup Agent - Settings", 0xF0F0F0);
  dialog.text(20, 50, plain("Server"));
  dialog.field(20, 70, 240, plain("backup1.example.org"));
  dialog.text(290, 50, plain("API key"));
  dialog.field(290, 70, 250, secret_line("{a24}", chance), "window: API key, label above");
  dialog.text(20, 116, plain("Kennwort"));
  dialog.field(20, 136, 240, secret_line("{p}", chance), "window: German label above");
  dialog.text(290, 116, plain("Mot de passe"));
  dialog.field(290, 136, 250, secret_line("{p}", chance), "window: French label above");
  dialog.button(450, 236, "Apply");
  return std::move(dialog).page();
}

Page notepad(Chance& chance) {
  Dialog dialog({760, 300}, "unattend.xml - Notepad", 0xFFFFFF);
  dialog.text(12, 38, plain("File   Edit   Format   View   Help"));
  const char* patterns[] = {"<AutoLogon>", "  <Password>", "    <Value>{p}</Value>", "    <PlainText>true</PlainText>", "  </Password>", "  <Username>Administrator</Username>", "</AutoLogon>"};
  int y = 66;
  for (const char* pattern : patterns) {
    dialog.text(16, y, secret_line(pattern, chance), "window: unattend.xml", 10.5);
    y += 22;
  }
  return std::move(dialog).page();
}

}  // namespace

const std::vector<Theme>& themes() {
  static const std::vector<Theme> all = {
      {"cmd", 0x0C0C0C, 0xCCCCCC, 0xCCCCCC},       {"light", 0xFFFFFF, 0x202020, 0x204A87},        {"PowerShell", 0x012456, 0xEEEDF0, 0xF9F1A5},
      {"dark", 0x1E1E1E, 0xD4D4D4, 0x8AE234},      {"green on black", 0x000000, 0x33FF33, 0x33FF33}, {"solarized", 0xFDF6E3, 0x586E75, 0x268BD2},
      {"selection", 0x0078D7, 0xFFFFFF, 0xFFFFFF},
  };
  return all;
}

std::vector<Page> terminal_pages(const Theme& theme, const std::vector<SecretKind>& kinds, double points, Chance& chance) {
  std::vector<Page> pages;
  int row = kRows;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const std::vector<Line> lines = lines_of(kinds[i], chance);
    if (row + static_cast<int>(lines.size()) + 2 > kRows) {
      pages.push_back(empty_terminal(theme, points));
      row = 0;
    }
    if (i % 2 == 0) put(pages.back(), row++, plain("admin@srv01:~$ tail -n 3 notes"), theme.prompt, points, "");
    for (const Line& line : lines) put(pages.back(), row++, line, theme.ink, points, kinds[i].name);
    // What belongs to nothing, or the next kind would stand in this one's context.
    put(pages.back(), row++, plain(benign_line(chance)), theme.ink, points, "");
  }
  return pages;
}

Page benign_page(const Theme& theme, bool hard, double points, Chance& chance) {
  Page page = empty_terminal(theme, points);
  for (int row = 0; row < kRows; ++row) put(page, row, plain(hard ? hard_benign_line(chance) : benign_line(chance)), theme.ink, points, "");
  return page;
}

std::vector<Page> window_pages(Chance& chance) {
  std::vector<Page> pages;
  for (Page (*make)(Chance&) : {rdp_logon, credential_dialog, registry, services, sql_management, options, notepad}) pages.push_back(make(chance));
  return pages;
}

}  // namespace frostgate::corpus
