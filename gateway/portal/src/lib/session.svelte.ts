import {on_signed_out, read, send, use_csrf, ApiError, type Role, type Session} from './api';
import {leave_for} from './journey';

// Who is signed in. `undefined`: not known yet; null: nobody.
class SignedIn {
  session = $state<Session | null | undefined>(undefined);
  failure = $state<ApiError | null>(null);
  over = $state(false);  // it ended while a page was open: by idleness, in another tab, or by an administrator

  constructor() {
    on_signed_out(() => {
      if (this.session) this.over = true;
      this.become(null);
    });
  }

  become(session: Session | null): void {
    this.session = session;
    if (session) this.over = false;
    use_csrf(session?.csrf ?? null);
  }

  async load(): Promise<void> {
    this.failure = null;
    try {
      this.become(await read<Session>('/session'));
    } catch (error) {
      if (error instanceof ApiError && error.code !== 'not_signed_in') this.failure = error;
    }
  }

  async sign_out(): Promise<void> {
    const there = await send<{provider_url: string} | undefined>('DELETE', '/session').catch(() => undefined);
    this.become(null);
    if (there) leave_for(there.provider_url);
  }

  has(...roles: Role[]): boolean {
    return roles.some((role) => this.session?.roles.includes(role) ?? false);
  }

  // One of these, not bound to some targets.
  everywhere(...roles: Role[]): boolean {
    return roles.some((role) => this.has(role) && (this.session?.everywhere.includes(role) ?? false));
  }
}

export const signed_in = new SignedIn();
