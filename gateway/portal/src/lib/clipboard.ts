import {later} from './i18n.svelte';
import {notices} from './notices.svelte';

// To the clipboard; where the browser lets no page do that, it is said what was to go there.
export const copy = (text: string): Promise<void> => navigator.clipboard.writeText(text).then(() => notices.say(later('copied')), () => notices.say(later('copy_refused', {text}), true));
