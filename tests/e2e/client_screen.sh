# shellcheck shell=bash
# Sourced after lib.sh: what a client's display shows, in words read by OCR and against the target's picture. $display is the
# client's, $target_display the target's; PICTURES, when set, is a folder that keeps what was seen.

# Reading costs seconds: the second way only where the first does not find them, and what was read in vain not again until the picture is another.
declare -A in_vain=()
says() {  # says NAME WORDS: what the client's display shows, kept as a picture
  local pixels
  screenshot "$display" "$work/$1.png"
  pixels=$(identify -format '%#' "$work/$1.png")
  if [ "${in_vain[$2]:-}" = "$pixels" ]; then return 1; fi
  if reads "$1" "$2"; then return 0; fi
  in_vain[$2]=$pixels
  return 1
}
reads() {  # reads NAME WORDS: in a picture that was kept
  local way
  convert "$work/$1.png" -resize 200% "$work/ocr.png"
  for way in 6 3; do
    if tesseract "$work/ocr.png" - --psm $way 2>/dev/null | tr '\n' ' ' | has -iE "$2"; then return 0; fi
  done
  return 1
}
see() { wait_until "\"$2\" at the client" says "$1" "$2"; [ -z "${PICTURES:-}" ] || cp "$work/$1.png" "$PICTURES/"; }
same_picture() {
  screenshot "$target_display" "$work/target.png"
  screenshot "$display" "$work/client.png"
  [ "$(compare -metric AE "$work/target.png" "$work/client.png" null: 2>&1)" -lt 400 ]  # but for a pointer that the target draws itself
}
