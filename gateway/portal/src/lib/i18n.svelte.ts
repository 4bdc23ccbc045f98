import {de} from '../texts/de';
import {en, type Texts} from '../texts/en';
import {remember, remembered} from './storage';

export type Key = keyof Texts;
export type Language = 'en' | 'de';
const texts: Record<Language, Texts> = {en, de};

export type Theme = 'system' | 'light' | 'dark';

const language_of = (): Language => (remembered('language') === 'de' || (!remembered('language') && navigator.language.startsWith('de')) ? 'de' : 'en');
const theme_of = (): Theme => (['light', 'dark'] as const).find((one) => one === remembered('theme')) ?? 'system';

class Preferences {
  language = $state<Language>(language_of());
  theme = $state<Theme>(theme_of());

  constructor() {
    // Chosen in another tab.
    addEventListener('storage', ({key}) => {
      if (key === 'language') this.language = language_of();
      else if (key === 'theme') this.theme = theme_of();
      this.apply();
    });
  }

  speak(language: Language): void {
    this.language = language;
    remember('language', language);
    this.apply();
  }

  colour(theme: Theme): void {
    this.theme = theme;
    remember('theme', theme);
    this.apply();
  }

  apply(): void {
    document.documentElement.lang = this.language;
    if (this.theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
  }
}

export const preferences = new Preferences();

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return texts[preferences.language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

// A text that is said in whatever language is chosen when it is looked at: what went wrong may stand there for long.
export type Later = () => string;
export const later = (key: Key, values: Record<string, string | number> = {}): Later => () => t(key, values);
export const nothing: Later = () => '';

const numbers = new Map<string, Intl.NumberFormat>();  // made once, as local_time()'s

export function number(value: number, digits = 0): string {
  const kind = `${preferences.language} ${digits}`;
  let format = numbers.get(kind);
  if (!format) numbers.set(kind, (format = new Intl.NumberFormat(preferences.language, {maximumFractionDigits: digits})));
  return format.format(value);
}

// A text "{count} thing|{count} things" for so many.
export function counted(key: Key, count: number): string {
  const [one = '', more = one] = t(key, {count: number(count)}).split('|');
  return new Intl.PluralRules(preferences.language).select(count) === 'one' ? one : more;
}
