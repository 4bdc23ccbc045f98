import {call, path} from './api';

// "avc1.PPCCLL" of the avcC box (ISO/IEC 14496-15 5.3.3) in the beginning of a film; nothing when it is not there yet.
export function codec_of(bytes: Uint8Array): string | null {
  for (let i = 0; i + 8 <= bytes.length; ++i) {
    if (bytes[i] !== 0x61 || bytes[i + 1] !== 0x76 || bytes[i + 2] !== 0x63 || bytes[i + 3] !== 0x43) continue;  // "avcC", then its version
    return `avc1.${[5, 6, 7].map((at) => (bytes[i + at] ?? 0).toString(16).padStart(2, '0')).join('')}`;
  }
  return null;
}

// Plays a running session until it ends or `signal` says so.
export async function play_live(video: HTMLVideoElement, id: string, signal: AbortSignal): Promise<void> {
  const answer = await call('GET', path('live-sessions', id, 'film'), undefined, signal);
  const reader = answer.body?.getReader();
  if (!reader) return;
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  const open = new Promise<void>((resolve) => source.addEventListener('sourceopen', () => resolve(), {once: true}));
  video.src = url;
  try {
    await open;
    let begun = new Uint8Array(), buffer: SourceBuffer | null = null;
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      let piece: Uint8Array<ArrayBuffer> = value;
      if (!buffer) {
        const joined = new Uint8Array(begun.length + value.length);
        joined.set(begun);
        joined.set(value, begun.length);
        begun = joined;
        const codec = codec_of(begun);
        if (!codec) {
          if (begun.length > 1 << 20) throw new Error('no H.264');
          continue;
        }
        buffer = source.addSourceBuffer(`video/mp4; codecs="${codec}"`);
        buffer.mode = 'segments';
        piece = begun;
      }
      await append(buffer, piece);
      const ranges = buffer.buffered;
      if (!ranges.length) continue;
      const end = ranges.end(ranges.length - 1);
      // Behind by more than a picture or two means that nothing is gained by showing the old ones.
      if (video.currentTime < ranges.start(ranges.length - 1) || end - video.currentTime > 4) video.currentTime = Math.max(ranges.start(ranges.length - 1), end - 0.5);
      if (video.paused) void video.play().catch(() => {});
    }
  } finally {
    void reader.cancel().catch(() => {});
    URL.revokeObjectURL(url);
  }
}

function append(buffer: SourceBuffer, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    buffer.onupdateend = () => resolve();
    buffer.onerror = () => reject(new Error('the browser refused a piece'));
    buffer.appendBuffer(bytes);
  });
}
