// Opened shares as the API takes them: hexadecimal digits.

export const most_share_bytes = 512;

export function hex_of_bytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Of what `openssl base64` writes, with or without line breaks. Null: it is none, empty, or too much.
export function hex_of_base64(text: string): string | null {
  const digits = text.replace(/\s+/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) return null;
  const bytes = Uint8Array.from(atob(digits), (one) => one.charCodeAt(0));
  return bytes.length > 0 && bytes.length <= most_share_bytes ? hex_of_bytes(bytes) : null;
}
