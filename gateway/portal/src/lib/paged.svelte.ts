import type {Page} from './api';
import {Resource} from './resource.svelte';

// A list that is read page by page. When it is read again, it keeps its length.
export class Paged<T> extends Resource<Page<T>> {
  #pages = 1;

  constructor(private readonly page_of: (cursor: string | null) => Promise<Page<T>>) {
    super(async () => {
      let all = await page_of(null);
      for (let n = 1; n < this.#pages && all.next; ++n) all = join(all, await page_of(all.next));
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
