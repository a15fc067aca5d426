/** Ids in Anthropic's form: a prefix, a version, and 24 characters. */

const idOf = (prefix: string): string => `${prefix}_01${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`

export const newRequestId = (): string => idOf('req')
