#!/bin/bash
# Targets, by hand (rdp_graphics.py), that show their screen by the graphics pipeline and by nothing else: each is reached, the second time at once; what comes exactly is on the client's
# screen exactly and its film is no worse; what comes with loss is marked on the recording with its time; AVC420 is taken from a target that wants nothing else. Another size and a
# connection that breaks are survived. A target that shows bitmaps (freerdp-shadow) is never offered anything else.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
begin graphics

screen=800x600
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=graphics -keyout "$work/key.pem" -out "$work/crt.pem" 2>"$work/log/openssl"
cat "$work/crt.pem" "$work/key.pem" >"$work/identity.pem"
convert -size 800x600 -seed 7 plasma:red-blue -depth 8 "$work/picture.png"
convert "$work/picture.png" -depth 8 -alpha on "bgra:$work/picture"
ffmpeg -loglevel error -f lavfi -i color=c=gray:s=800x600 -frames:v 1 -c:v libx264 -tune zerolatency -pix_fmt yuv420p -f h264 "$work/picture.h264"
mkfifo "$work/hold"
exec 5<>"$work/hold"
python3 "$lib/rdp_graphics.py" "$work/identity.pem" "$work/picture" <"$work/hold" >"$work/targets" 2>"$work/log/targets" 4>&- &
started+=($!)
wait_until "the targets" grep -q ready "$work/targets"
start_rdp_target plain "$work/plain-home" tuser Tgt-Passw0rd
plain_port=$port
start_gateway
add_user alice 'Correct-Horse-9'
while read -r name number; do
  [ "$name" != ready ] || break
  add_target "$name" rdp "$number" tgt4711x operator
done <"$work/targets"
add_target plain rdp "$plain_port" Tgt-Passw0rd tuser

logged() { grep -q "$1" "$work/log/serve"; }
said() { grep -cx "$1" "$work/targets" || true; }  # said LINE: how often the targets did
nobody_here() { [ -z "$(recording_relays)" ]; }
enters() {  # enters TARGET [CLIENT]: $name, $display
  name=${2:-$1}-user
  start_rdp_client "$name" "$rdp_port" "alice@$1" 'Correct-Horse-9'
  client_window "$name" "$display"
}
leaves() {
  stop_named "$name"
  wait_until "the end of $name's session" nobody_here
}
looks() { screenshot "$display" "$work/$name.png"; }
shows_picture() { looks && [ "$(compare -metric AE "$work/$name.png" "$work/picture.png" null: 2>&1)" = 0 ]; }
# All of one grey, but for what rounding makes of it.
shows_grey() { looks && [ "$(convert "$work/$name.png" -format '%[fx:maxima-minima<0.02&&abs(mean-0.5)<0.02]' info:)" = 1 ]; }
report() { admin recordings show "$1" --json | json 'json.dumps(d["report"]["journal"]) + " " + " ".join(d["report"]["reasons"])'; }

enters exact
wait_until "the exact picture" shows_picture
leaves
logged 'target exact shows no bitmaps; it is offered the graphics pipeline' || fail "the log does not say how exact shows its screen"
[ "$(said 'exact without')" = 1 ] || fail "exact was asked for bitmaps $(said 'exact without') times"
[ "$(said 'exact asks 2')" = 1 ] || fail "exact was told of AVC420"
enters exact again
wait_until "the exact picture again" shows_picture
leaves
[ "$(said 'exact without')" = 1 ] || fail "how exact shows its screen was forgotten"
[ "$(said 'exact acknowledged 1')" = 2 ] || fail "exact's frames were not acknowledged"
wait_for_film exact "$work/exact.mp4"
report "$recording" >"$work/exact.report"
! has -E 'lossy_source|"lossy": true' "$work/exact.report" || fail "the film of exact is called lossy: $(cat "$work/exact.report")"

enters progressive
wait_until "the grey of progressive" shows_grey
leaves
logged 'the target sends its screen with loss from now on' || fail "the log does not say that progressive is lossy"
wait_for_film progressive "$work/progressive.mp4"
report "$recording" >"$work/progressive.report"
has 'lossy_source' "$work/progressive.report" || fail "the film of progressive is not called lossy: $(cat "$work/progressive.report")"
at=$(admin recordings show "$recording" --json | json 'next(e["at_ms"] for e in d["report"]["journal"]["events"] if e["kind"] == "lossy")')
[ "$at" -ge 1000 ] || fail "progressive is lossy from $at ms on, when it was exact"

enters video
wait_until "the grey of video" shows_grey
leaves
logged 'target video shows no bitmaps; it is offered AVC420' || fail "the log does not say that video wants AVC420"
[ "$(said 'video without') $(said 'video asks 2') $(said 'video asks 18')" = '1 1 1' ] || fail "video was asked otherwise: $(cat "$work/targets")"

admin target test resizes >"$work/tested" || fail "resizes does not work for the administrator: $(cat "$work/tested")"
enters resizes
wait_until "the picture of resizes" shows_picture
convert "$work/picture.png" -crop 640x480+100+100 +repage "$work/part.png"
shows_part() { looks && convert "$work/$name.png" -crop 640x480+0+0 +repage "$work/shown.png" && [ "$(compare -metric AE "$work/shown.png" "$work/part.png" null: 2>&1)" = 0 ]; }
wait_until "the picture of another size" shows_part
leaves
[ "$(said 'resizes without')" = 1 ] || fail "what an administrator's trial has found out was forgotten"

enters breaks
wait_until "the picture of breaks" shows_picture
wait_until "the return of breaks" logged 'target breaks is back'
wait_until "the picture of breaks again" shows_picture
leaves
[ "$(said 'breaks without')" = 1 ] || fail "breaks was asked for bitmaps again"

enters plain
leaves
! logged 'target plain shows no bitmaps' || fail "freerdp-shadow was offered the graphics pipeline"
echo "targets of the graphics pipeline are reached, shown, and marked where they are lossy"
