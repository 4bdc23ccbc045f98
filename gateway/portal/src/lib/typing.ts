// What is looked for while it is typed: the name, or the last word, may not be at its end yet.
export const name_typed = (text: string): string => (text && !text.endsWith('*') ? `${text}*` : text);
// One letter begins too many words: the gateway takes two or more.
export const words_typed = (text: string): string => (/[\p{L}\p{N}]{2}$/u.test(text) ? `${text}*` : text);
