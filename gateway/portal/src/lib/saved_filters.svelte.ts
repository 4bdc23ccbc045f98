import {remember, remembered} from './storage';

export interface SavedFilter {name: string; query: string}
const most = 30;

function read(text: string | null): SavedFilter[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(list)) return [];
    return list.filter((one): one is SavedFilter => typeof one?.name === 'string' && typeof one.query === 'string').slice(0, most);
  } catch {
    return [];
  }
}

// A user's filters of one list, by name, as the page's address has them. They stay in this browser: to others one sends the address.
export class SavedFilters {
  list = $state<SavedFilter[]>([]);
  readonly #key: string;

  constructor(user: string, page: string) {
    this.#key = `filters of ${user} on ${page}`;
    this.list = read(remembered(this.#key));
  }

  save(name: string, query: string): void {
    this.#keep([...this.list.filter((one) => one.name !== name), {name, query}].sort((a, b) => a.name.localeCompare(b.name)).slice(-most));
  }
  forget(name: string): void {
    this.#keep(this.list.filter((one) => one.name !== name));
  }
  named(name: string): SavedFilter | undefined {
    return this.list.find((one) => one.name === name);
  }
  of(query: string): SavedFilter | undefined {
    return this.list.find((one) => one.query === query);
  }
  #keep(list: SavedFilter[]): void {
    this.list = list;
    remember(this.#key, JSON.stringify(list));
  }
}
