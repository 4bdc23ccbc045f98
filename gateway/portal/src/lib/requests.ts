import type {ApprovalRequest} from './api';
import {t, type Key} from './i18n.svelte';
import {clock} from './times';

// What is asked for, in words.
export function wish_of(request: ApprovalRequest): string {
  const what = t(`kind_${request.kind.replace('-', '_')}` as Key);
  const span = request.from === null || request.to === null ? '' : `, ${t('watched_span', {from: clock(request.from, true), to: clock(request.to, true)})}`;
  const area = request.area === null ? '' : `, ${t('wish_area', {x: request.area[0], y: request.area[1], width: request.area[2], height: request.area[3]})}`;
  return what + span + area;
}

export const agreed = (request: ApprovalRequest): number => request.decisions.filter((one) => one.approve).length;
// How far it is; where only a reason was wanted, nobody has to agree.
export const agreed_of = (request: ApprovalRequest): string => (request.needed === 0 ? '–' : t('agreed_of', {count: agreed(request), needed: request.needed}));

// Who may say yes, as the rule names them.
export function deciders(request: ApprovalRequest): string {
  const groups = request.groups.map((name) => t('group_named', {name}));
  const later = request.later_groups.map((name) => t('group_later', {name}));
  return [...request.users, ...groups, ...later].join(', ');
}
