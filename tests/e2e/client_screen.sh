# shellcheck shell=bash
# Sourced after lib.sh: what a client's display shows, in words read by OCR and against the target's picture. $display is the
# client's, $target_display the target's; PICTURES, when set, is a folder that keeps what was seen.

# Reading costs seconds. A picture is read once it stands still (of one that never does each fifth), in one way and, where that does not find the words and
# it stands still yet, in the other; then not again for these words until it is another.
seen_pixels='' moved=0 read_for='' ways_left=()
says() {  # says NAME WORDS: what the client's display shows, kept as a picture
  local pixels way
  screenshot "$display" "$work/$1.png"
  pixels=$(identify -format '%#' "$work/$1.png")
  if [ "$seen_pixels" != "$pixels" ]; then
    seen_pixels=$pixels
    if ((++moved % 5 != 0)); then return 1; fi
  fi
  if [ "$read_for" != "$pixels $2" ]; then
    read_for="$pixels $2" ways_left=(6 3)
    convert "$work/$1.png" -resize 200% "$work/ocr.png"
  fi
  [ ${#ways_left[@]} -gt 0 ] || return 1
  way=${ways_left[0]} ways_left=("${ways_left[@]:1}")
  reads_by "$way" "$2"
}
reads_by() { tesseract "$work/ocr.png" - --psm "$1" 2>/dev/null | tr '\n' ' ' | has -iE "$2"; }  # reads_by WAY WORDS
reads() {  # reads NAME WORDS: in a picture that was kept
  read_for=''
  convert "$work/$1.png" -resize 200% "$work/ocr.png"
  reads_by 6 "$2" || reads_by 3 "$2"
}
see() { wait_until "\"$2\" at the client" says "$1" "$2"; [ -z "${PICTURES:-}" ] || cp "$work/$1.png" "$PICTURES/"; }
same_picture() {
  screenshot "$target_display" "$work/target.png"
  screenshot "$display" "$work/client.png"
  [ "$(compare -metric AE "$work/target.png" "$work/client.png" null: 2>&1)" -lt 400 ]  # but for a pointer that the target draws itself
}
