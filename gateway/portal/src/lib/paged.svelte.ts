import type {Page} from './api';
import {Resource} from './resource.svelte';

const read_again = 3;  // pages

// A list that is read page by page. When it is read again it keeps its length: as a whole while it is short; of a long one the beginning, where things happen,
// and what stood below that stays as it was read.
export class Paged<T> extends Resource<Page<T>> {
  #pages = 1;

  constructor(private readonly page_of: (cursor: string | null) => Promise<Page<T>>, id: (one: T) => string | number) {
    super(async () => {
      const before = this.value;
      let all = await page_of(null);
      for (let n = 1; n < Math.min(this.#pages, read_again) && all.next; ++n) all = join(all, await page_of(all.next));
      const last = all.items.at(-1);
      if (!before || last === undefined || this.#pages <= read_again) return all;
      const place = before.items.findIndex((one) => id(one) === id(last));
      if (place >= 0) return {items: [...all.items, ...before.items.slice(place + 1)], next: before.next};
      this.#pages = read_again;
      return all;
    });
  }

  async more(): Promise<void> {
    const before = this.value;
    if (!before?.next) return;
    const page = await this.page_of(before.next);
    if (this.value !== before) return;  // it was read again meanwhile
    ++this.#pages;
    this.value = join(before, page);
  }

  // Another list, from its beginning.
  restart(): Promise<void> {
    this.#pages = 1;
    return this.load();
  }
}

const join = <T>(before: Page<T>, after: Page<T>): Page<T> => ({items: [...before.items, ...after.items], next: after.next});
