import {en} from '../texts/en';
import {t, type Key} from './i18n.svelte';

// A part that must work; one of a newer gateway by the name that it has there.
export const health_name = (part: string): string => (`health_${part}` in en ? t(`health_${part}` as Key) : part);
