// What this browser remembers.
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;  // storage may be switched off
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // then it counts until the page is left
  }
}
