#!/bin/bash
# storage_figures.sh [DIRECTORY]: all figures of storage (storage/README.md), each with what is to be reached and whether it is. On a quiet machine; it takes some 20 minutes the first
# time. DIRECTORY (build/bench) keeps the recorded session and the catalog of 100000 recordings for the next one.
# shellcheck disable=SC2154 # many variables are set by lib.sh
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../e2e/lib.sh"
directory=${1:-$repository/build/bench} bench=$repository/build/bin/storage_bench
mkdir -p "$directory"
export OMP_THREAD_LIMIT=1
SESSION_RECORDER=$repository/build/bin/session_recorder "$here/record_session.sh" "$directory/session"
begin figures
echo "load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores"
figures() { "$@" >"$work/log/figures" 2>&1 || fail "$(tail -n 5 "$work/log/figures")"; grep -a '^FIGURE' "$work/log/figures"; }

# The known page: a screen full of harmless words, read by Tesseract from the screen itself and from its film.
/usr/bin/python3 "$here/session_texts.py" "$work/home"
grep -m 40 . "$work/home/log/manual.txt" | cut -c1-105 >"$work/known"
convert -size 1920x1080 xc:white -font DejaVu-Sans-Mono -pointsize 19 -fill black -annotate +30+40 "@$work/known" -depth 8 "PNG24:$work/screen.png" 2>/dev/null ||
  convert -size 1920x1080 xc:white -font DejaVu-Sans-Mono -pointsize 19 -fill black -annotate +30+40 "$(cat "$work/known")" -depth 8 "PNG24:$work/screen.png"
figures "$bench" --session "$directory/session" "$work/screen.png" "$work/film.png"
for picture in screen film; do tesseract "$work/$picture.png" "$work/$picture" --psm 6 2>"$work/log/tesseract"; done
/usr/bin/python3 - "$work/known" "$work/screen.txt" "$work/film.txt" <<'END'
import sys


def errors(known, read):
    row = list(range(len(read) + 1))
    for i, a in enumerate(known, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(read, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


known, screen, film = (" ".join(open(name).read().split()) for name in sys.argv[1:])
of_screen, of_film = (errors(known, read) / len(known) for read in (screen, film))
print("FIGURE  %-62s %10.4f %-10s (at most 0.005)  %s" % ("errors in the known page as its film shows it (screen: %.4f)" % of_screen, of_film, "CER", "reached" if of_film <= 0.005 else "NOT REACHED"))
END
figures "$bench" 1000 1 | head -n 1  # sealed reads: what is searched comes next
figures "$bench" --search "$directory/catalog.sqlite"
figures "$here/recovery.sh" 50
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
