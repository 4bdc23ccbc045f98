// One way of signing in, as a form goes through it: it is tried, perhaps asked for a code, tried again.
import {ApiError, type Session} from './api';
import {nothing, type Later} from './i18n.svelte';
import {reason} from './refusals';
import {router} from './router.svelte';
import {signed_in} from './session.svelte';

export class SigningIn {
  busy = $state(false);
  needs_code = $state(false);
  failure = $state<Later>(nothing);

  // Goes to `to()`, which is asked once it has worked.
  async attempt(ask: () => Promise<Session>, to: () => string): Promise<void> {
    this.busy = true;
    this.failure = nothing;
    try {
      const session = await ask();
      router.go(to(), true);
      signed_in.become(session);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'totp_needed') this.needs_code = true;
      else this.failure = () => reason(error);
    } finally {
      this.busy = false;
    }
  }
}
