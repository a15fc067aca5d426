const none: readonly string[] = []

/** Splits the value of a header that is a list: `a, b` becomes `['a', 'b']`; empty without the header. */
export const listedIn = (text: string | null): readonly string[] =>
  text === null
    ? none
    : text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
