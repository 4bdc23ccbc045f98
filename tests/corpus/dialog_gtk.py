#!/usr/bin/env python3
"""dialog_gtk.py SECRETS.json: a GTK dialog that shows a password and an API key in clear."""
import json
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402

with open(sys.argv[1], encoding="utf-8") as file:
    values = json.load(file)
Gtk.Settings.get_default().props.gtk_cursor_blink = False
window = Gtk.Window(title="Sign in", default_width=420, border_width=14)
grid = Gtk.Grid(row_spacing=10, column_spacing=12)
for row, (label, value) in enumerate((("User name:", "administrator"), ("Password:", values["password"]), ("API key:", values["api_key"]))):
    grid.attach(Gtk.Label(label=label, xalign=0), 0, row, 1, 1)
    grid.attach(Gtk.Entry(text=value, width_chars=32), 1, row, 1, 1)
button = Gtk.Button(label="Sign in")
grid.attach(button, 1, 3, 1, 1)
window.add(grid)
window.connect("destroy", Gtk.main_quit)
window.show_all()
button.grab_focus()
Gtk.main()
