#!/usr/bin/env python3
"""session_truth.py SESSION: writes SESSION/truth.tsv, what stands on each row of each terminal in each state.

Columns: state, x, y of the row's first cell, width and height of a cell in pixels, whether all of the row can be seen (1) or
another window covers some of it (0), text. The text is that of a terminal emulator (pyte) which was sent what the real one was sent by then; the
picture may be a few milliseconds older, so whoever compares looks at the states before and after too.
"""
import copy
import json
import os
import re
import sys

import pyte


class Terminal:
    """Replays a typescript as far as a moment."""

    def __init__(self, path):
        with open(path + ".size", encoding="ascii") as file:
            columns, rows = map(int, file.read().split())
        with open(path + ".start", encoding="ascii") as file:
            self.clock = float(file.read())
        with open(path + ".out", "rb") as file:
            self.bytes = file.read()
        # The first line of the typescript is a note of script(1).
        self.bytes = self.bytes[self.bytes.index(b"\n") + 1:]
        with open(path + ".timing", encoding="ascii") as file:
            self.steps = [(float(delay), int(count)) for delay, count in (line.split() for line in file)]
        self.next = self.offset = 0
        self.first_screen = None
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)

    def feed(self, chunk):
        # pyte has no second screen for vim and less, and takes these private sequences of theirs for text.
        for part in re.split(rb"(\x1b\[\?1049[hl])", chunk):
            if part == b"\x1b[?1049h":
                self.first_screen = copy.deepcopy(self.screen.buffer), copy.copy(self.screen.cursor)
            elif part == b"\x1b[?1049l" and self.first_screen:
                self.screen.buffer, self.screen.cursor = self.first_screen
                self.first_screen = None
            else:
                self.stream.feed(re.sub(rb"\x1b\[[>?=!][0-9;]*[mcpnu]|\x1b\[[0-9;]*t|\x1bP[^\x1b]*\x1b\\", b"", part))

    def rows_at(self, moment):
        while self.next < len(self.steps) and self.clock + self.steps[self.next][0] <= moment:
            delay, count = self.steps[self.next]
            chunk = self.bytes[self.offset:self.offset + count]
            self.feed(chunk)
            self.clock += delay
            self.offset += count
            self.next += 1
        return [row.rstrip() for row in self.screen.display]


def covered(box, windows):
    x, y, width, height = box
    return any(w["x"] < x + width and x < w["x"] + w["width"] and w["y"] < y + height and y < w["y"] + w["height"] for w in windows)


def main():
    session = sys.argv[1]
    terminals = {name[:-6]: Terminal(os.path.join(session, "terminals", name[:-6]))
                 for name in os.listdir(os.path.join(session, "terminals")) if name.endswith(".start")}
    with open(os.path.join(session, "windows.jsonl"), encoding="utf-8") as file:
        epoch = json.loads(file.readline())["epoch"]
        states = [json.loads(line) for line in file]
    with open(os.path.join(session, "truth.tsv"), "w", encoding="utf-8") as out:
        for index, state in enumerate(states):
            texts = {name: terminal.rows_at(epoch + state["at"]) for name, terminal in terminals.items()}
            for place, window in enumerate(state["windows"]):
                client = window.get("client", {})
                if window.get("name") not in texts or "cell" not in client:
                    continue
                (width, height), (border_x, border_y) = client["cell"], client["border"]
                for row, text in enumerate(texts[window["name"]]):
                    x, y = client["x"] + border_x, client["y"] + border_y + row * height
                    if text:
                        seen = not covered((x, y, len(text) * width, height), state["windows"][place + 1:])
                        out.write(f"{index}\t{x}\t{y}\t{width}\t{height}\t{seen:d}\t{text}\n")


main()
