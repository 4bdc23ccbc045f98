// Where somebody wanted to go before signing in elsewhere; kept in this tab alone, and a path of ours in any case.
import {safe_return} from './router.svelte';

const key = 'frostgate.journey';

export function remember_journey(to: string): void {
  try { sessionStorage.setItem(key, safe_return(to)); } catch { /* without storage the way leads to the beginning */ }
}

const leaving = 'frostgate.leaving';

// To the provider, to sign out there too; it gives `state` back.
export function leave_for(url: string): void {
  try { sessionStorage.setItem(leaving, new URL(url).searchParams.get('state') ?? ''); } catch { /* then nobody can say whether it was us */ }
  location.assign(url);
}

// Once: whether the browser left with this.
export function left_with(state: string | null): boolean {
  try {
    const sent = sessionStorage.getItem(leaving);
    sessionStorage.removeItem(leaving);
    return Boolean(state) && sent === state;
  } catch {
    return false;
  }
}

export function end_of_journey(): string {
  try {
    const to = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return safe_return(to);
  } catch {
    return '/';
  }
}
