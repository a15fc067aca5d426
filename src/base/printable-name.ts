/** Returns ` --prot`, or an empty string: text that does not look like a name may be a key in the wrong place. */
export const printableName = (text: string): string => (/^-{0,2}[a-z][a-z._-]{0,31}$/i.test(text) ? ` ${text}` : '')
