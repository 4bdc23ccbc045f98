import {read} from './api';

// Server-sent events: what has changed, to be read again. A lost connection is opened again, later each time, and `state` says so.

export type EventKind = 'session' | 'recording' | 'request' | 'alert';
export type StreamState = 'off' | 'connecting' | 'open' | 'lost';

const kinds: EventKind[] = ['session', 'recording', 'request', 'alert'];
const longest_wait = 30_000;
const pause = 1000;  // between two times that a listener is told: many sessions at once tell much

export class Events {
  state = $state<StreamState>('off');
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #listeners = new Set<{kinds: EventKind[]; tell: () => void}>();

  // A stream does not say why it was lost. Where the sign-in is over, asking for it says so, and the page of before goes.
  constructor(private readonly open: () => EventSource = () => new EventSource('/api/v1/events'), private readonly still_signed_in: () => void = () => void read('/session').catch(() => {})) {}

  start(): void {
    if (this.state !== 'off') return;
    this.state = 'connecting';
    this.#connect();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#failures = 0;
    this.state = 'off';
  }

  // Calls `tell` when something of these kinds may have changed, once a second at most; after a reconnect too. Returns how to end it.
  on(wanted: EventKind[], tell: () => void): () => void {
    let told = -Infinity, due: ReturnType<typeof setTimeout> | undefined;
    const now = (): void => {
      due = undefined;
      told = performance.now();
      tell();
    };
    const soon = (): void => {
      const wait = told + pause - performance.now();
      if (wait <= 0) now();
      else due ??= setTimeout(now, wait);
    };
    const entry = {kinds: wanted, tell: soon};
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
      clearTimeout(due);
    };
  }

  #tell(kind?: EventKind): void {
    for (const one of this.#listeners) if (!kind || one.kinds.includes(kind)) one.tell();
  }

  #connect(): void {
    const source = this.open();
    this.#source = source;
    source.onopen = () => {
      const again = this.#failures > 0;
      this.#failures = 0;
      this.state = 'open';
      if (again) this.#tell();
    };
    source.onerror = () => {
      source.close();
      this.state = 'lost';
      this.still_signed_in();
      this.#timer = setTimeout(() => this.#connect(), Math.min(longest_wait, 1000 * 2 ** this.#failures++));
    };
    for (const kind of kinds) source.addEventListener(kind, () => this.#tell(kind));
  }
}

export const events = new Events();
