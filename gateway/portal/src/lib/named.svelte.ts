import {query, read, type Page} from './api';
import {Paged} from './paged.svelte';
import {name_typed} from './typing';

// What the gateway lists by name, all of it or what begins with some letters.
export class Named<T extends {name: string}> extends Paged<T> {
  beginning = $state('');

  constructor(place: string, more: Record<string, string> = {}) {
    super((cursor) => read<Page<T>>(`${place}${query({...more, name: name_typed(this.beginning.trim()), limit: 100, cursor})}`), (one) => one.name);
  }
}
