// "env=prod, team=db" as a map; null when it is not written so.
export function tags_of(text: string): Record<string, string> | null {
  const out: Record<string, string> = {};
  for (const piece of text.split(',').map((one) => one.trim()).filter(Boolean)) {
    const match = /^([^=\s]+)\s*=\s*(\S.*)$/.exec(piece);
    if (!match?.[1] || !match[2]) return null;
    out[match[1]] = match[2];
  }
  return out;
}
