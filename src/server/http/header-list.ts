/** Splits a header that is a list: `a, b` becomes `['a', 'b']`; empty without the header. */
export const headerList = (headers: Headers, name: string): string[] =>
  headers
    .get(name)
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '') ?? []
