// Times as people read them. Session times are seconds from the start of a recording.

export function clock(seconds: number, tenths = false): string {
  const scaled = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  const whole = Math.floor(scaled / 10);
  const two = (n: number) => String(n).padStart(2, '0');
  const text = `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return tenths ? `${text}.${scaled % 10}` : text;
}

// What clock() writes, and shorter: seconds, m:ss, h:mm:ss, each with a fraction. Null: none of these.
export function seconds_of(text: string): number | null {
  const found = /^(?:(?:(\d{1,4}):)?(\d{1,2}):)?(\d{1,6}(?:[.,]\d{1,3})?)$/.exec(text.trim());
  if (!found) return null;
  const [, hours, minutes, rest = ''] = found;
  const seconds = Number(rest.replace(',', '.'));
  if (minutes !== undefined && (seconds >= 60 || (hours !== undefined && Number(minutes) > 59))) return null;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + seconds;
}

// Made once: the making costs more than a hundred times are worth.
const local_formats = new Map<string, Intl.DateTimeFormat>();

export function local_time(iso: string | number, language: string): string {
  let format = local_formats.get(language);
  if (!format) local_formats.set(language, (format = new Intl.DateTimeFormat(language, {dateStyle: 'medium', timeStyle: 'medium'})));
  return format.format(new Date(iso));
}

export function utc_time(iso: string | number): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function wall_clock(started: string, seconds: number): number {
  return Date.parse(started) + seconds * 1000;
}

// A moment as people type it, in the viewer's zone: "2026-11-27 18:30", or a day alone, which means its beginning, and with `end` its end; a day also as German
// writes it. Null: none of these.
export function moment_of(text: string, end = false): Date | null {
  const found = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))(?:[ T,]+(\d{1,2}):(\d{2}))?$/.exec(text.trim());
  if (!found) return null;
  const [year, month, day] = (found[1] ? [found[1], found[2], found[3]] : [found[6], found[5], found[4]]).map(Number) as [number, number, number];
  const hour = Number(found[7] ?? 0), minute = Number(found[8] ?? 0), at = new Date(year, month - 1, day, hour, minute);
  if (at.getFullYear() !== year || at.getMonth() !== month - 1 || at.getDate() !== day || hour > 23 || minute > 59) return null;
  if (end && found[7] === undefined) at.setDate(day + 1);
  return at;
}

// As a DateField has it. Empty for what is no time.
export function to_field(iso: string | null): string {
  const at = new Date(iso ?? NaN);
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace('T', ' ');
}

export const from_field = (text: string, end = false): string => moment_of(text, end)?.toISOString() ?? '';
