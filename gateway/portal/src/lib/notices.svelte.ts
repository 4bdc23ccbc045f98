import {ApiError} from './api';
import type {Later} from './i18n.svelte';
import {reason} from './refusals';

export interface Notice {id: number; text: Later; bad: boolean}

class Notices {
  list = $state<Notice[]>([]);
  // A dialog that is open: what went wrong is said in it, since all else is out of reach meanwhile.
  dialog: ((text: Later) => void) | null = null;
  #next = 1;

  say(text: Later, bad = false): void {
    if (bad && this.dialog) return this.dialog(text);
    this.#put(text, bad);
  }

  #put(text: Later, bad: boolean): void {
    const id = this.#next++;
    this.list = [...this.list.slice(-2), {id, text, bad}];
    if (!bad) setTimeout(() => this.dismiss(id), 6_000);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((one) => one.id !== id);
  }

  // What went wrong stays until somebody has read it, or has gone to another page.
  forget_failures(): void {
    this.list = this.list.filter((one) => !one.bad);
  }

  // Does something and says how it went. `changed`: what to do besides when somebody else was quicker, such as closing the dialog.
  async attempt(act: () => Promise<unknown>, done?: Later, changed?: () => void): Promise<boolean> {
    try {
      await act();
      if (done) this.say(done);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'not_signed_in') return false;  // the page that comes says it
      if (error.code === 'changed' && changed) {
        changed();
        this.#put(() => reason(error), true);  // not in the dialog: there it would go with it
      } else {
        this.say(() => reason(error), true);
      }
      return false;
    }
  }
}

export const notices = new Notices();
