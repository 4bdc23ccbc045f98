import {tick} from 'svelte';

// Paths of this page only: what comes from an address is matched, never followed.

class Router {
  path = $state(location.pathname);
  search = $state(location.search);
  visit = $state(0);  // another with each page that somebody goes to, be it the same with other words in its address

  constructor() {
    addEventListener('popstate', () => {
      if (this.path !== location.pathname || this.search !== location.search) ++this.visit;  // and not for a place in the page
      this.#read();
    });
  }

  #read(): void {
    this.path = location.pathname;
    this.search = location.search;
  }

  go(to: string, replace = false): void {
    const url = new URL(to, location.origin);
    if (url.origin !== location.origin) return;
    if (replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    this.#read();
    if (replace) return;
    ++this.visit;
    scrollTo(0, 0);
  }
}

export const router = new Router();

// An ordinary click on a link within the portal; with a modifier the browser does what it always does.
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest('a[href]');
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  router.go(link.href);
  // The keys go on where the page is that was asked for.
  void tick().then(() => document.getElementById('content')?.focus({preventScroll: true}));
}

// Where to go after signing in: a path of ours, else the beginning.
export function safe_return(to: string | null): string {
  if (!to || !to.startsWith('/') || to.startsWith('//') || to.includes('\\')) return '/';
  const url = new URL(to, location.origin);
  return url.origin === location.origin && !url.pathname.startsWith('/sign-in') ? url.pathname + url.search : '/';
}
