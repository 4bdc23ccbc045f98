#!/usr/bin/env python3
"""session_texts.py HOME: harmless files for the bench session, the same every time."""
import os
import random
import sys

WORDS = """service restart failed backup volume mount daemon network packet queue buffer config account policy audit record window
session gateway router switch kernel module driver update release package version server client request response timeout header
payload index table column database replica primary cluster worker thread process memory latency storage snapshot archive export
import certificate signed expired renewed trusted revoked operator console terminal screen""".split()


def main():
    chance = random.Random(20240607)
    folder = os.path.join(sys.argv[1], "log")
    os.makedirs(folder, exist_ok=True)

    def words(count):
        return " ".join(chance.choice(WORDS) for _ in range(count))

    def write(name, lines):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)

    log, clock = [], 0
    for _ in range(300):
        clock += chance.randint(20, 900)
        level = chance.choices(["INFO", "WARN", "ERROR", "DEBUG"], [70, 12, 5, 13])[0]
        log.append(f"2024-06-07 10:{clock // 60000 % 60:02d}:{clock // 1000 % 60:02d}.{clock % 1000:03d} {level:5s} "
                   f"[worker-{chance.randint(1, 8)}] {words(chance.randint(4, 9))} id={chance.randint(10000, 99999)} "
                   f"ms={chance.randint(1, 900)}")
    write("app.log", log)
    write("hosts.txt", [f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}  "
                        f"srv{i:02d}.{chance.choice(WORDS)}.example  {chance.choice(WORDS)}" for i in range(30)])
    write("table.txt", [f"{chance.randint(100, 32000):6d} {chance.choice(['root', 'admin', 'postgres', 'www-data']):10} "
                        f"{chance.random() * 20:5.1f} {chance.random() * 8:5.1f} {chance.choice(WORDS)}-{chance.choice(WORDS)}"
                        for _ in range(40)])
    write("manual.txt", [words(chance.randint(8, 13)).capitalize() + "." if i % 9 else "" for i in range(700)])
    write("notes.txt", [words(chance.randint(3, 9)).capitalize() + "." for _ in range(120)])


main()
