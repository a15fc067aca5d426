/** Makes a new unique id with the given prefix. */
export type NewId = (prefix: string) => string

/** Prefix and 32 hexadecimal digits (122 random bits). */
export const randomId: NewId = (prefix) => prefix + crypto.randomUUID().replaceAll('-', '')

const tokenBytes = 32

/** 64 hexadecimal digits (256 random bits). */
export const randomToken = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(tokenBytes))).toString('hex')
