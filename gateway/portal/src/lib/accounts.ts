import type {Account} from './api';
import {t} from './i18n.svelte';

// Whose account a target may take, as a Choice offers it.
export const account_kinds = (): {value: Account; text: string}[] => (['shared', 'personal', 'asked'] as const).map((value) => ({value, text: t(`account_${value}`)}));
