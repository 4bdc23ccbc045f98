import type RFB from '@novnc/novnc';
import {path, read, send, type ScreenTicket} from './api';

const touch_every = 4 * 60_000;  // somebody who works in the machine's screen is not idle in the portal
// Held down when somebody leaves the screen with its keys (Ctrl+Alt+Home): the machine must not go on believing in them.
const modifiers = [[0xffe3, 'ControlLeft'], [0xffe4, 'ControlRight'], [0xffe9, 'AltLeft'], [0xfe03, 'AltRight'], [0xffe1, 'ShiftLeft']] as const;

// A machine's screen in a page: RFB in a WebSocket, drawn by noVNC, which is fetched only here.
export class Machine {
  state = $state<'connecting' | 'connected' | 'over'>('connecting');
  reason = $state('');  // in the gateway's words, when it says why not
  clean = $state(true);  // ended by one of the two sides, not broken off
  copied = $state('');  // on the machine
  allowed = $state<ScreenTicket['clipboard']>({to_target: false, to_client: false});
  #rfb: RFB | null = null;
  #closed = false;
  #touched = Date.now();

  // By a session's number, somebody looks at a session of somebody else's, and types nothing.
  constructor(readonly id: string, readonly place: 'targets' | 'live-sessions' = 'targets') {}

  async connect(element: HTMLElement): Promise<void> {
    const [{default: Client}, ticket] = await Promise.all([import('@novnc/novnc'), send<ScreenTicket>('POST', path(this.place, this.id, 'screen-ticket'))]);
    if (this.#closed) return;
    this.allowed = ticket.clipboard;
    const rfb = new Client(element, `wss://${location.host}/api/v1${path(this.place, this.id, 'screen')}?ticket=${ticket.ticket}`, {wsProtocols: ['binary']});
    this.#rfb = rfb;
    rfb.scaleViewport = true;
    rfb.viewOnly = this.place === 'live-sessions';
    rfb.resizeSession = !rfb.viewOnly;
    rfb.qualityLevel = 9;  // it is text that people read here
    rfb.background = 'transparent';
    rfb.addEventListener('connect', () => {
      this.state = 'connected';
      rfb.focus();
    });
    rfb.addEventListener('securityfailure', (event) => (this.reason = (event as CustomEvent<{reason?: string}>).detail.reason ?? ''));
    rfb.addEventListener('disconnect', (event) => {
      this.clean = (event as CustomEvent<{clean: boolean}>).detail.clean;
      this.state = 'over';
      this.#rfb = null;
    });
    rfb.addEventListener('clipboard', (event) => {
      this.copied = (event as CustomEvent<{text: string}>).detail.text;
      if (document.hasFocus()) navigator.clipboard?.writeText(this.copied).catch(() => {});  // where the browser does not let us, the dialog has it
    });
  }

  close(): void {
    this.#closed = true;
    this.#rfb?.disconnect();
  }
  paste(text: string): void {
    this.#rfb?.clipboardPasteFrom(text);
  }
  ctrl_alt_del(): void {
    this.#rfb?.sendCtrlAltDel();
    this.focus();
  }
  focus(): void {
    this.#rfb?.focus({preventScroll: true});
  }
  leave(): void {
    for (const [keysym, code] of modifiers) this.#rfb?.sendKey(keysym, code, false);
    this.#rfb?.blur();
  }
  // Somebody typed or moved.
  used(): void {
    if (this.state !== 'connected' || Date.now() - this.#touched < touch_every) return;
    this.#touched = Date.now();
    read('/session').catch(() => {});
  }
}
