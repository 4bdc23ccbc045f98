// Where somebody wanted to go before signing in elsewhere; kept in this tab alone, and a path of ours in any case.
import {safe_return} from './router.svelte';

const key = 'frostgate.journey';

export function remember_journey(to: string): void {
  try { sessionStorage.setItem(key, safe_return(to)); } catch { /* without storage the way leads to the beginning */ }
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
