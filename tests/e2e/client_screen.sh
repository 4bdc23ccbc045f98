# shellcheck shell=bash
# Sourced after lib.sh: what a client's display shows, in words read by OCR and against the target's picture. $display is the
# client's, $target_display the target's; PICTURES, when set, is a folder that keeps what was seen.

says() {  # says NAME WORDS: what the client's display shows, kept as a picture
  screenshot "$display" "$work/$1.png"
  reads "$1" "$2"
}
reads() {  # reads NAME WORDS: in a picture that was kept
  convert "$work/$1.png" -resize 200% "$work/ocr.png"
  { tesseract "$work/ocr.png" - --psm 6; tesseract "$work/ocr.png" -; } 2>/dev/null | tr '\n' ' ' | has -iE "$2"
}
see() { wait_until "\"$2\" at the client" says "$1" "$2"; [ -z "${PICTURES:-}" ] || cp "$work/$1.png" "$PICTURES/"; }
same_picture() {
  screenshot "$target_display" "$work/target.png"
  screenshot "$display" "$work/client.png"
  [ "$(compare -metric AE "$work/target.png" "$work/client.png" null: 2>&1)" -lt 400 ]  # but for a pointer that the target draws itself
}
