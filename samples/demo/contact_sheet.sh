#!/bin/bash
# contact_sheet.sh FILM.mp4 SHEET.png: fifteen pictures, evenly through the film.
set -euo pipefail
duration=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$1")
ffmpeg -v error -y -i "$1" -frames:v 1 -vf "fps=15/$duration,scale=640:-2,tile=3x5:padding=6:color=gray" "$2"
