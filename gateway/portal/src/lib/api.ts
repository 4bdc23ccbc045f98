// The one way to the API (gateway/http/openapi.yaml). Types are the contract's, reduced to what the pages show.

export type Role = 'operator' | 'approver' | 'auditor' | 'compliance' | 'admin';
export type Protocol = 'rdp' | 'vnc';
export type Front = Protocol | 'browser';
export type RecordingStatus = 'recording' | 'queued' | 'redacting' | 'clean' | 'degraded' | 'failed';

export interface Session {user: string; roles: Role[]; everywhere: Role[]; csrf: string | null; idle_until: string; ends: string; totp: boolean}
export interface Page<T> {items: T[]; next: string | null}
export interface Recording {
  id: string; user: string; target: string; front: Front; back: Protocol; peer: string; rule: string; policy_digest: string;
  started: string; ended: string | null; end_reason: string; status: RecordingStatus; interrupted: boolean; progress: number;
  duration: number; width: number; height: number; generation: number; masks_by_rule?: Record<string, number>;
}
export interface Box {from_ms: number; to_ms: number; x: number; y: number; width: number; height: number}
export interface Mask extends Box {rule: string; secret: number}  // one that moves, or is typed, has many masks, all of one number
export type Stretch = [from_ms: number, to_ms: number];
export interface Redaction {
  status: string; reasons: string[]; states: number; masks_by_rule: Record<string, number>; masks_total: number; masks: Mask[];
  typed_secrets?: number; journal?: {states_coalesced: number};
  unread_total: number; unread: Box[];
  // Of each list that is cut (20 000), stretches of all that there is, in milliseconds, by a mask's rule, a region's name, or as here.
  all_at?: {masks?: Record<string, Stretch[]>; unread?: {unread?: Stretch[]}; moving?: {covered?: Stretch[]; held?: Stretch[]}; regions?: Record<string, Stretch[]>};
  // Absent in reports of an older gateway.
  regions?: (Box & {region: string})[]; moving?: (Box & {covered: boolean})[]; area_time_pixel_seconds: Record<'total' | 'masked' | 'covered' | 'held' | 'moving', number>;
}
export interface Report {redaction?: Redaction; relay?: Record<string, unknown>}
export interface Segment {index: number; start: number; duration: number; size: number}
export interface Part {
  part: number; start: number; media_start?: number; duration: number; width: number; height: number; mime: string; init: number; segments: Segment[];
}
export interface FilmIndex {generation: number; duration: number; parts: Part[]}
export interface Hit {recording: string; at: number; until: number; text: string}
export interface View {user: string; at: string; from: number; to: number; live: boolean}
export interface RecordingEvent {at: number; kind: 'approval' | 'clipboard' | 'resized' | 'resumed' | 'lossy' | 'recording' | 'guest' | 'alert' | 'order' | 'device'; what: string; by: string; text: string}
export interface Remark {id: number; user: string; written: string; at: number; text: string; mine: boolean}
export type Account = 'shared' | 'personal' | 'asked';
export interface Login {user: string; domain: string; refused: string | null}
export interface Target {
  name: string; protocol: Protocol; tags: Record<string, string>; mine: boolean; account: Account; own?: Login | null;
  needs: {approvals: number; reason: boolean; ticket: boolean; consent: string};
  version?: string; host?: string; port?: number; user?: string; domain?: string; credential?: boolean; credential_refused?: string | null; pinned_certificate?: string;
}
export interface TargetTest {outcome: 'works' | 'name' | 'port' | 'certificate' | 'credential' | 'set_aside' | 'protocol'; reason: string; certificate: string}
export interface Ticket {value: string; login: string; target: string; expires: string; address: string}
export interface ScreenTicket {ticket: string; clipboard: {to_target: boolean; to_client: boolean}}
export interface LiveSession {id: string; user: string; target: string; front: Front; back: Protocol; started: string; watchable: boolean; may_pause: boolean; may_stop: boolean; may_join: boolean; paused_until: string | null; stopped: boolean; input_locked: boolean}
export interface User {version: string; name: string; disabled: boolean; password: boolean; totp: boolean; created: string; roles: Role[]; groups: string[]}
export interface Group {name: string; members: string[]; version: string}
export interface RoleBinding {id: string; role: Role; subject_kind: 'user' | 'group'; subject: string; scope: string}
export interface Policy {digest: string; text: string; rules: {name: string; allow: boolean}[]}
export interface Explanation {allow: boolean; rule: string | null; why: string[]}
export type ReviewSignature = {reviewer: string; at: string; comment: string; digest: string};
export interface Reviews {
  policy_digest: string;
  policy: {what: string; file: string; line: number; due: string; signature: ReviewSignature | null}[];
  access: {digest: string; due: string | null; last: ReviewSignature | null; bindings: {role: Role; subject: string; scope: string; users: {name: string; disabled: boolean}[]}[]};
}
export interface Change {what: string; before: string; after: string}
export interface Difference {user: string; target: string; allowed_before: boolean; allowed_after: boolean; rule_before: string; rule_after: string; changes: Change[]; compared: boolean; decisions: number; last: string}
export interface PolicySimulation {
  days: number; digest: string; decisions: number; same: number; without_target: number; differences: Difference[]; films: number; closed_films: number; lost_masks: {rule: string; films: number; masks: number}[]; cut: boolean;
}
export interface Job {id: number; kind: string; key: string; state: string; attempts: number; max_attempts: number; run_after: string; worker: string; last_error: string; progress: number | null}
export interface RunningExport {id: string; user: string; recording: string; state: Export['state']; progress: number; created: string}
export interface ApprovalRequest {
  id: string; kind: 'start' | 'pause' | 'stop' | 'watch' | 'watch-original' | 'export' | 'delete-early' | 'join';
  state: 'requested' | 'approved' | 'refused' | 'expired' | 'cancelled' | 'used' | 'revoked';
  requester: string; asked_by: string | null; target: string; recording: string | null; from: number | null; to: number | null; area: [x: number, y: number, width: number, height: number] | null; rule: string; policy_digest: string; reason: string; ticket: string;
  created: string; expires: string; needed: number; users: string[]; groups: string[]; later_groups: string[];
  decisions: {by: string; approve: boolean; comment: string; at: string}[]; used: string | null;
  emergency: boolean; ended_by: string; end_comment: string; reviewed: string | null; reviewer: string; review: string;
  may_decide: boolean; may_review: boolean; may_revoke: boolean; may_cancel: boolean;
}
export interface RequestInContext extends ApprovalRequest {sessions: {id: string; started: string; ended: string | null; end_reason: string}[]}
export interface Export {id: string; recording: string; from: number; to: number; reason: string; burn_in: boolean; state: 'queued' | 'running' | 'done' | 'failed'; progress: number; error: string | null; created: string}
export interface Opening {
  request: string; request_state: ApprovalRequest['state']; requester: string; reason: string; from: number; to: number; area: [x: number, y: number, width: number, height: number] | null;
  created: string; expires: string; mine: boolean; state: 'collecting' | 'making' | 'open' | null; given: {number: number; by: string; at: string}[]; progress: number; failure: string | null; until: string | null;
}
export interface Original {
  recording: string; user: string; target: string; started: string; duration: number; rule: string; kept: boolean; allowed: boolean; sealed: string | null; threshold: number;
  custodians: {number: number; subject: string; fingerprint: string}[]; openings: Opening[];
}
export interface Picture {number: number; at: number; width: number; height: number}
export interface RetentionDecision {recording: string; user: string; target: string; started: string; remove: boolean; class: string; why: string}
export interface Hold {version: string; recording: string; user: string; target: string; started: string; reason: string; by: string; placed: string}
export interface AuditEntry {number: number; at: string; actor: string; event: string; subject: string; detail?: Record<string, unknown>}
export interface AuditVerification {valid: boolean; entries: number; problems: string[]}
export type Severity = 'info' | 'warning' | 'critical';
export interface Alert {id: number; at: string; last: string; kind: string; severity: Severity; subject: string; text: string; repeats: number; deliveries: {sink: string; state: 'waiting' | 'sent' | 'given_up'; attempts: number}[]}
export interface AlertSink {name: string; type: 'webhook' | 'syslog' | 'email' | 'command'; severity: Severity; sent: number; waiting: number; given_up: number; last_error: string}
export interface Health {ready: boolean; parts: {name: string; ok: boolean; detail: string}[]}
export interface About {version: string; node: string; signing_fingerprint: string; tls_fingerprint: string; tls_until: string; key_place?: string}
export interface Settings {
  listen: Record<'rdp' | 'vnc' | 'https', string | null>; data_dir: string; policy: string; catalog: 'sqlite' | 'postgresql'; tls: {certificate: string | null; target_authorities: string | null};
  redaction: {workers: number; sessions: number}; evidence: {certificate: string; timestamps: string | null; heads: string | null; custodians: number; threshold: number};
}
export interface WebSession {id: string; created: string; seen: string; address: string; current: boolean}

// Why there is no answer. `offline`: the gateway was not reached; else the code of its problem document.
export class ApiError extends Error {
  constructor(readonly code: string, readonly status: number, readonly detail = '') {
    super(detail || code);
  }
}

let csrf: string | null = null;
export function use_csrf(token: string | null): void {
  csrf = token;
}

let signed_out: () => void = () => {};
export function on_signed_out(callback: () => void): void {
  signed_out = callback;
}

async function problem_of(response: Response): Promise<ApiError> {
  const problem = await response.json().catch(() => ({}));
  return new ApiError(String(problem.code ?? 'internal'), response.status, String(problem.detail ?? ''));
}

export async function call(method: string, path: string, body?: unknown, signal?: AbortSignal, version?: string): Promise<Response> {
  const headers: Record<string, string> = {};
  if (version) headers['If-Match'] = `"${version}"`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrf) headers['X-Frostgate-CSRF'] = csrf;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method, headers, credentials: 'same-origin', redirect: 'error', ...(signal ? {signal} : {}),
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('offline', 0);
  }
  if (response.ok) return response;
  const failure = await problem_of(response);
  if (failure.code === 'not_signed_in') signed_out();
  throw failure;
}

export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call('GET', path, undefined, signal)).json();
}

// `version`: of what this changes, as it was shown; when somebody was quicker, nothing is done (`changed`).
export async function send<T = void>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, version?: string): Promise<T> {
  const response = await call(method, path, body, undefined, version);
  return (response.status === 204 || response.status === 202 ? undefined : await response.json()) as T;
}

// A path from parts that may hold anything.
export function path(...parts: (string | number)[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

export function query(values: Record<string, string | number | null | undefined>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== '' && value !== null && value !== undefined) out.set(name, String(value));
  const text = out.toString();
  return text && `?${text}`;
}
