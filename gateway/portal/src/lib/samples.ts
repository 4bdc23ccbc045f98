// Sizes and times of the pictures in a fragment of MP4 (ISO/IEC 14496-12: moof, traf, tfhd, tfdt, trun). A picture that repeats the one before
// it takes next to nothing, so this tells when something happened.

export interface Sample {at: number; duration: number; size: number}  // seconds of media time, bytes

interface Found {type: string; from: number; to: number}

function* boxes(view: DataView, from: number, to: number): Generator<Found> {
  while (from + 8 <= to) {
    let size = view.getUint32(from);
    const type = String.fromCharCode(view.getUint8(from + 4), view.getUint8(from + 5), view.getUint8(from + 6), view.getUint8(from + 7));
    let header = 8;
    if (size === 1 && from + 16 <= to) {
      size = Number(view.getBigUint64(from + 8));
      header = 16;
    }
    if (size === 0) size = to - from;
    if (size < header || from + size > to) return;
    yield {type, from: from + header, to: from + size};
    from += size;
  }
}

function find(view: DataView, from: number, to: number, ...types: string[]): Found | undefined {
  let found: Found | undefined;
  for (const type of types) {
    found = undefined;
    for (const box of boxes(view, from, to)) {
      if (box.type === type) {
        found = box;
        break;
      }
    }
    if (!found) return undefined;
    from = found.from;
    to = found.to;
  }
  return found;
}

// Units of a second in the first track of an init segment; 0 when it has none.
export function timescale_of(init: ArrayBuffer): number {
  const view = new DataView(init);
  const header = find(view, 0, view.byteLength, 'moov', 'trak', 'mdia', 'mdhd');
  if (!header) return 0;
  const at = header.from + (view.getUint8(header.from) === 1 ? 20 : 12);
  return at + 4 <= header.to ? view.getUint32(at) : 0;
}

function samples_of(view: DataView, traf: Found, timescale: number): Sample[] {
  let time = 0, default_duration = 0, default_size = 0;
  const out: Sample[] = [];
  for (const box of boxes(view, traf.from, traf.to)) {
    const flags = view.getUint32(box.from) & 0xffffff;
    if (box.type === 'tfhd') {
      let at = box.from + 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0);
      if (flags & 8) {
        default_duration = view.getUint32(at);
        at += 4;
      }
      if (flags & 16) default_size = view.getUint32(at);
    } else if (box.type === 'tfdt') {
      time = view.getUint8(box.from) === 1 ? Number(view.getBigUint64(box.from + 4)) : view.getUint32(box.from + 4);
    } else if (box.type === 'trun') {
      const count = view.getUint32(box.from + 4);
      let at = box.from + 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0);
      const each = (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0) + (flags & 0x400 ? 4 : 0) + (flags & 0x800 ? 4 : 0);
      for (let i = 0; i < count && at + each <= box.to; ++i, at += each) {
        const duration = flags & 0x100 ? view.getUint32(at) : default_duration;
        const size = flags & 0x200 ? view.getUint32(at + (flags & 0x100 ? 4 : 0)) : default_size;
        out.push({at: time / timescale, duration: duration / timescale, size});
        time += duration;
      }
    }
  }
  return out;
}

export function samples(segment: ArrayBuffer, timescale: number): Sample[] {
  if (timescale <= 0) return [];
  const view = new DataView(segment);
  const out: Sample[] = [];
  try {
    for (const moof of boxes(view, 0, view.byteLength)) {
      if (moof.type !== 'moof') continue;
      for (const traf of boxes(view, moof.from, moof.to)) if (traf.type === 'traf') out.push(...samples_of(view, traf, timescale));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;  // a box that promises more than it holds
  }
  return out;
}
