import {ApiError} from './api';

// Something that is read from the gateway: the value once it is there, or why it is not. A value stays while it is read again.
export class Resource<T> {
  value = $state<T | undefined>(undefined);
  error = $state<ApiError | null>(null);
  #turn = 0;

  constructor(private readonly fetch: () => Promise<T>) {}

  async load(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const value = await this.fetch();
      if (turn !== this.#turn) return;
      this.value = value;
      this.error = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
  }
}
