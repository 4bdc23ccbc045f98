import type {Front, Protocol} from './api';
import {t} from './i18n.svelte';

// What the user's client speaks, and the target.
export const way_of = (session: {front: Front; back: Protocol}): string => `${session.front === 'browser' ? t('front_browser') : session.front.toUpperCase()} → ${session.back.toUpperCase()}`;
