#!/usr/bin/env python3
"""Reads the frames of a film by OCR and says which known secrets can be read in them.

usage: leak_check.py FILM SECRETS.json [--jobs N]

SECRETS.json: a list of {"name", "value", "public_prefix"}; the first public_prefix characters may be readable.
Exit code: 0 nothing was found, 1 something was found, 2 the check could not be made (no frames, or nothing was read).

Every frame of the film is looked at. Only bands of rows that changed since what was read last are read: as they are,
and inverted at twice the size. While much of the screen changes (a scroll), it is read every 0.8 s. What was read is
folded (upper and lower case, and letters that OCR confuses, count as equal; blanks are dropped) and searched for each
run of letters of a folded secret: runs of 6 for secrets of up to 20 letters, of 8 for longer ones. Of some ten million
places where a run of 6 could stand, one fits by chance once in a few films ("Sitio es cee", read in an empty window, was tIDESc).
So a single run that one reading alone has is looked at in three further readings of the same picture; what shows is read again.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

STRIP = 8          # rows compared at once
MARGIN = 2         # strips read above and below a changed one: a line of text is never cut
MOSAIC = 1400      # rows of changed bands that Tesseract reads as one picture
GAP = 12           # empty rows between two bands in it
CALM = 0.8         # seconds between two readings while more than a third of the rows change

FOLD = str.maketrans({"o": "0", "q": "0", "d": "0", "@": "0", "l": "1", "i": "1", "|": "1", "!": "1", "]": "1", "[": "1",
                      "s": "5", "$": "5", "b": "8", "z": "2", "g": "9", "t": "7"})
# Grey values that H.264 may change a little from frame to frame count as equal.
COARSE = bytes(value >> 5 for value in range(256))


def fold(text):
    return "".join(text.split()).lower().translate(FOLD)


def runs(secret):
    """The runs of letters of which none may be read."""
    value = fold(secret["value"][secret["public_prefix"]:])
    length = 6 if len(value) <= 20 else 8
    length = min(length, len(value))
    return {value[start:start + length] for start in range(len(value) - length + 1)}


def frame_size(film):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height",
                          "-of", "csv=p=0:s=x", film], check=True, capture_output=True, text=True).stdout
    width, height = out.split()[0].split("x")[:2]
    return int(width), int(height)


def frames(film, width, height):
    """(seconds, grey pixels) of every decoded frame, at the film's own times."""
    times = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time",
                            "-of", "csv=p=0", film], check=True, capture_output=True, text=True).stdout.split()
    times = sorted(float(time.strip(",")) for time in times)
    decoder = subprocess.Popen(["ffmpeg", "-v", "error", "-i", film, "-vsync", "passthrough", "-f", "rawvideo",
                                "-pix_fmt", "gray", "-"], stdout=subprocess.PIPE)
    size = width * height
    index = 0
    while True:
        pixels = decoder.stdout.read(size)
        if len(pixels) < size:
            break
        yield (times[index] if index < len(times) else -1.0), pixels
        index += 1
    if decoder.wait() != 0:
        raise RuntimeError("ffmpeg could not decode the film")


def changed_bands(width, height, before, now):
    """Row ranges that differ, with a margin."""
    strips = (height + STRIP - 1) // STRIP
    step = STRIP * width
    marked = [False] * strips
    for strip in range(strips):
        if before is None or before[strip * step:(strip + 1) * step] != now[strip * step:(strip + 1) * step]:
            for near in range(max(0, strip - MARGIN), min(strips, strip + MARGIN + 1)):
                marked[near] = True
    bands, start = [], None
    for strip in range(strips + 1):
        on = strip < strips and marked[strip]
        if on and start is None:
            start = strip
        elif not on and start is not None:
            bands.append((start * STRIP, min(height, strip * STRIP)))
            start = None
    return bands


class Mosaics:
    """Collects bands, from any frame, into pictures; a band that was already collected is not taken again."""

    def __init__(self, width, folder):
        self.width, self.folder = width, folder
        self.seen, self.rows, self.places, self.pictures = set(), [], [], []
        self.height = 0

    def changed_rows(self, before, coarse):
        return sum(bottom - top for top, bottom in changed_bands(self.width, len(coarse) // self.width, before, coarse))

    def add_changes(self, seconds, pixels, coarse, before):
        for band in changed_bands(self.width, len(coarse) // self.width, before, coarse):
            self.add(seconds, pixels, coarse, band)
        return coarse

    def add(self, seconds, pixels, coarse, band):
        top, bottom = band
        identity = hash(coarse[top * self.width:bottom * self.width])
        if identity in self.seen:
            return
        self.seen.add(identity)
        if self.height and self.height + bottom - top > MOSAIC:
            self.close()
        rows = pixels[top * self.width:bottom * self.width]
        self.rows += [rows, rows[-1:] * (self.width * GAP)]
        self.places.append(seconds)
        self.height += bottom - top + GAP

    def close(self):
        if self.height:
            path = os.path.join(self.folder, f"{len(self.pictures)}.pgm")
            with open(path, "wb") as file:
                file.write(b"P5 %d %d 255\n" % (self.width, self.height) + b"".join(self.rows))
            self.pictures.append((path, min(self.places), max(self.places)))
        self.rows, self.places, self.height = [], [], 0


def read(picture, scale, invert):
    """What Tesseract reads in one picture."""
    path = f"{picture}.{scale}{'i' if invert else ''}.pgm"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", picture, "-vf",
                    f"scale=iw*{scale}:ih*{scale}:flags=bicubic" + (",negate" if invert else ""), path], check=True)
    out = subprocess.run(["tesseract", path, "-", "--psm", "6", "--dpi", str(96 * scale)], check=True, capture_output=True,
                         text=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"}).stdout
    os.unlink(path)
    return out


class Leak:
    """Where a secret was read: in how many readings, between which seconds, and which of its runs; the last picture of them."""

    def __init__(self):
        self.first, self.last, self.runs, self.readings, self.picture = float("inf"), 0.0, set(), 0, None

    def add(self, picture, first, last, hits):
        self.first, self.last = min(self.first, first), max(self.last, last)
        self.runs |= hits
        self.readings += 1
        self.picture = picture


def leaks_in(texts, secrets):
    """By the secret's name. `texts`: pairs of (picture, first second, last second) and what was read in it."""
    leaks = {}
    for (picture, first, last), text in texts:
        folded = fold(text)
        for secret in secrets:
            hits = {run for run in runs(secret) if run in folded}
            if hits:
                leaks.setdefault(secret["name"], Leak()).add(picture, first, last, hits)
    return leaks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("film")
    parser.add_argument("secrets")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--text", help="write what was read to this file")
    arguments = parser.parse_args()
    with open(arguments.secrets, encoding="utf-8") as file:
        secrets = json.load(file)

    width, height = frame_size(arguments.film)
    count, before, last_large, skipped = 0, None, -CALM, None
    with tempfile.TemporaryDirectory(prefix="frostgate-leak-check.") as folder:
        mosaics = Mosaics(width, folder)
        for seconds, pixels in frames(arguments.film, width, height):
            count += 1
            if skipped and seconds - skipped[0] >= CALM:  # it stayed: read it before what follows
                before = mosaics.add_changes(*skipped, before)
                last_large, skipped = skipped[0], None
            coarse = pixels.translate(COARSE)
            if mosaics.changed_rows(before, coarse) > height / 3:
                if seconds - last_large < CALM:
                    skipped = (seconds, pixels, coarse)
                    continue
                last_large = seconds
            before, skipped = mosaics.add_changes(seconds, pixels, coarse, before), None
        if skipped:
            mosaics.add_changes(*skipped, before)
        mosaics.close()
        ways = [(1, False), (2, True)]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            work = [(picture, pool.submit(read, picture[0], *way)) for picture in mosaics.pictures for way in ways]
            texts = [(picture, job.result()) for picture, job in work]
        leaks = leaks_in(texts, secrets)
        for name in [name for name, leak in leaks.items() if leak.readings == 1 and len(leak.runs) == 1]:
            leak = leaks[name]
            print(f"looking again: {name} seems readable between {leak.first:.1f} s and {leak.last:.1f} s, in one reading")
            again = [((leak.picture, leak.first, leak.last), read(leak.picture, *way)) for way in ((2, False), (3, False), (1, True))]
            if not leaks_in(again, [secret for secret in secrets if secret["name"] == name]):
                del leaks[name]

    letters = sum(len("".join(text.split())) for _, text in texts)
    if count == 0 or letters < 20:
        print(f"cannot check {arguments.film}: {count} frames, {letters} letters read", file=sys.stderr)
        return 2
    if arguments.text:
        with open(arguments.text, "w", encoding="utf-8") as file:
            file.write("\n".join(text for _, text in texts))
    for name, leak in leaks.items():
        share = len(leak.runs) / max(1, len(next(runs(s) for s in secrets if s["name"] == name)))
        print(f"LEAK: {name} is readable between {leak.first:.1f} s and {leak.last:.1f} s ({share:.0%} of its runs)")
    print(f"{arguments.film}: {count} frames, {len(mosaics.seen)} distinct bands, {letters} letters read, "
          f"{len(leaks)} of {len(secrets)} secrets found")
    return 1 if leaks else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"cannot check: {error}", file=sys.stderr)
        sys.exit(2)
