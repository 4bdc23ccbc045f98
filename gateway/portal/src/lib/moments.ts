import type {RecordingEvent} from './api';
import {alert_text} from './alerts';
import {alert_sentence} from './alert_sayings';
import {en} from '../texts/en';
import {t, type Key} from './i18n.svelte';
import {person} from './said';

// What happened, as a sentence. What a newer gateway tells besides is said by its name.
export function in_a_sentence(event: RecordingEvent): string {
  if (event.kind === 'alert') return `${alert_text(event.what)}. ${alert_sentence({kind: event.what, text: event.text})}`;
  const key = event.kind === 'resized' || event.kind === 'resumed' || event.kind === 'lossy' ? `event_${event.kind}` : `event_${event.kind}_${event.what}`;
  if (!(key in en)) return [event.kind, event.what, event.by, event.text].filter((part) => part).join(' ');
  const sentence = t(key as Key, {by: person(event.by), what: event.what.replace(' x ', ' × ')});
  return event.text ? `${sentence}: ${event.text}` : sentence;
}
