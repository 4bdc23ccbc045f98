import {call, path, type FilmIndex, type Part, type Segment} from './api';
import {samples, timescale_of} from './samples';
import {idle_spans, merged, type Span} from './timeline';

export type SegmentPath = (part: number, index: number) => string;

// Where the segments of a recording's redacted film are.
export function segment_of(recording: string, index: FilmIndex): SegmentPath {
  return (part, segment) => path('recordings', recording, 'segments', index.generation, part, segment);
}

const ahead_seconds = 45;    // of session time that are loaded before they are needed
const behind_seconds = 90;   // that are kept

// Plays the segments of one film in a <video> through Media Source Extensions. Media time is session time. A new part, where the screen
// changed its size, begins with its own init segment.
export class Film {
  idle: Span[] = [];
  #source = new MediaSource();
  #url = URL.createObjectURL(this.#source);
  #buffer: SourceBuffer | null = null;
  #current: Part | null = null;
  #inits = new Map<number, {bytes: ArrayBuffer; timescale: number}>();
  #loaded = new Set<Segment>();
  #measured = new Set<Segment>();
  #busy = false;
  #closed = false;
  #abort = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement, private readonly segment: SegmentPath, private readonly index: FilmIndex,
    private readonly tell: {failed: (error: unknown) => void; idle: (spans: Span[]) => void},
  ) {
    this.#source.addEventListener('sourceopen', () => {
      const first = index.parts[0];
      if (!first || this.#closed) return;
      this.#source.duration = index.duration;
      if (!MediaSource.isTypeSupported(first.mime)) {
        tell.failed(new Error(first.mime));
        return;
      }
      this.#buffer = this.#source.addSourceBuffer(first.mime);
      void this.fill();
    }, {once: true});
    video.src = this.#url;
    video.addEventListener('seeking', this.#sought, {signal: this.#abort.signal});
    for (const name of ['timeupdate', 'seeking', 'waiting']) video.addEventListener(name, this.fill, {signal: this.#abort.signal});
  }

  close(): void {
    this.#closed = true;
    this.#abort.abort();
    this.video.removeAttribute('src');
    this.video.load();
    URL.revokeObjectURL(this.#url);
  }

  // Loads what the present place needs next, one segment at a time.
  fill = async (): Promise<void> => {
    if (this.#busy || !this.#buffer || this.#closed) return;
    this.#busy = true;
    try {
      for (let wanted = this.#wanted(); wanted && !this.#closed; wanted = this.#wanted()) await this.#load(...wanted);
      this.#finish();
    } catch (error) {
      if (!this.#closed) this.tell.failed(error);
    } finally {
      this.#busy = false;
    }
  };

  // Without it the browser waits for more before the last picture, and never shows the film's end. What is appended later opens it again.
  #finish(): void {
    const last = this.index.parts.at(-1)?.segments.at(-1);
    if (last && this.#loaded.has(last) && !this.#closed && this.#source.readyState === 'open') this.#source.endOfStream();
  }

  // The browser may have thrown away what was loaded: it is loaded again when somebody goes there.
  #sought = (): void => {
    const now = this.video.currentTime, ranges = this.video.buffered;
    for (let i = 0; i < ranges.length; ++i) if (ranges.start(i) <= now + 0.1 && ranges.end(i) > now) return;
    for (const segment of this.#loaded) if (segment.start <= now && segment.start + segment.duration > now) this.#loaded.delete(segment);
  };

  // A film's first picture may come a little after its start, a part's a little after the end of the one before.
  #over_gap(): void {
    const now = this.video.currentTime, ranges = this.video.buffered;
    if (this.video.readyState > HTMLMediaElement.HAVE_METADATA) return;
    for (let i = 0; i < ranges.length; ++i) if (ranges.start(i) > now && ranges.start(i) < now + 1) this.video.currentTime = ranges.start(i);
  }

  #wanted(): [Part, Segment] | null {
    const now = this.video.currentTime;
    for (const part of this.index.parts) {
      for (const segment of part.segments) {
        const end = segment.start + segment.duration;
        if (end <= now || segment.start > now + ahead_seconds * Math.max(1, this.video.playbackRate / 2)) continue;
        if (!this.#loaded.has(segment)) return [part, segment];
      }
    }
    return null;
  }

  async #fetch(part: Part, index: number): Promise<ArrayBuffer> {
    const answer = await call('GET', this.segment(part.part, index), undefined, this.#abort.signal);
    return answer.arrayBuffer();
  }

  async #load(part: Part, segment: Segment): Promise<void> {
    let init = this.#inits.get(part.part);
    if (!init) {
      const bytes = await this.#fetch(part, part.init);
      init = {bytes, timescale: timescale_of(bytes)};
      this.#inits.set(part.part, init);
    }
    const media = await this.#fetch(part, segment.index);
    const buffer = this.#buffer;
    if (!buffer || this.#closed) return;
    if (this.#current !== part) {
      if (this.#current) buffer.changeType(part.mime);
      buffer.timestampOffset = part.media_start ?? 0;
      await this.#append(init.bytes);
      this.#current = part;
    }
    await this.#drop(buffer);
    await this.#append(media);
    this.#loaded.add(segment);
    this.#over_gap();
    if (!this.#measured.has(segment)) {
      this.#measured.add(segment);
      this.idle = merged([...this.idle, ...idle_spans(samples(media, init.timescale), part.media_start ?? 0)], 0.01);
      this.tell.idle(this.idle);
    }
  }

  async #drop(buffer: SourceBuffer): Promise<void> {
    const until = this.video.currentTime - behind_seconds;
    if (until <= 0 || buffer.buffered.length === 0 || buffer.buffered.start(0) >= until) return;
    buffer.remove(0, until);
    await this.#done(buffer);
    for (const segment of this.#loaded) if (segment.start < until) this.#loaded.delete(segment);
  }

  async #append(bytes: ArrayBuffer): Promise<void> {
    const buffer = this.#buffer;
    if (!buffer) return;
    buffer.appendBuffer(bytes);
    await this.#done(buffer);
  }

  #done(buffer: SourceBuffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (failed: boolean) => () => {
        buffer.onupdateend = buffer.onerror = null;
        if (failed) reject(new Error('the browser refused a segment'));
        else resolve();
      };
      buffer.onerror = finish(true);
      buffer.onupdateend = finish(false);
    });
  }
}
