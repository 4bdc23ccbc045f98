import {t} from './i18n.svelte';

// A moment that is marked with no words: what is kept is this sign, since a remark has a text.
export const bookmark = '★';
export const remark_words = (text: string): string => (text === bookmark ? `${bookmark} ${t('bookmark')}` : text);
