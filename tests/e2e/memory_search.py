#!/usr/bin/env python3
"""memory_search.py PID [--forms FILE] WORD...: how often each of the words stands in the memory that the process can write to, as UTF-8 and as UTF-16: a line of each that does.
With FILE, of key_forms.py, a line of how many of its forms stand there, if any does. Needs root: such a process lets nobody else look."""
import re
import sys

pid, words = sys.argv[1], sys.argv[2:]
file = words[1] if words[:1] == ["--forms"] else ""
words = words[2:] if file else words
forms_of_key = [bytes.fromhex(line) for line in open(file, encoding="ascii")] if file else []
found_of_key = set()
needles = {word: [word.encode(), word.encode("utf-16le")] for word in words}
found = {word: [0, 0] for word in words}
kinds: dict = {word: set() for word in words}
with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
    for line in maps:
        area = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw\S* \S+ \S+ \S+ *(.*)", line)
        if not area or area[3].startswith("[vv"):
            continue
        begin, end = int(area[1], 16), int(area[2], 16)
        try:
            memory.seek(begin)
            content = memory.read(end - begin)
        except (OSError, OverflowError):
            continue  # given back meanwhile
        found_of_key.update(form for form in forms_of_key if form in content)
        for word, forms in needles.items():
            for number, form in enumerate(forms):
                count = content.count(form)
                found[word][number] += count
                if count:
                    kinds[word].add(area[3] or "anonymous")
for word, (narrow, wide) in found.items():
    if narrow or wide:
        print(f"{word}: {narrow} times as UTF-8, {wide} as UTF-16, in {', '.join(sorted(kinds[word]))}")
if found_of_key:
    print(f"{file}: {len(found_of_key)} of {len(forms_of_key)} forms")
