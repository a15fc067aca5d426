import { sha256Hex } from '../../runtime/hash.ts'

/** The codes and tokens of sign-in (SI-A3, SI-T2). */

/** Returns this many random bytes, fit for secrets. */
export type RandomBytes = (count: number) => Uint8Array

const accessPrefix = 'nca_at_'
const refreshPrefix = 'nca_rt_'

const tokenBytes = 32
const familyBytes = 16
const inviteBytes = 16
const idBytes = 6

/** No vowels, so that no code is a word, and no Y. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const userCodeLetters = 8
/** 240: larger bytes would make some letters more frequent. */
const evenBytes = 256 - (256 % letters.length)

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** 128 bits in base64url. */
const familyCharacters = 22
const secretCharacters = 43
const refreshForm = new RegExp(`^${refreshPrefix}([\\w-]{${familyCharacters}})[\\w-]{${secretCharacters}}$`)

/** Tokens have so many random bits that a plain hash is enough. */
export const hashOf = (token: string): string => sha256Hex(token)

export const createCodes = (random: RandomBytes) => {
  const secret = (bytes = tokenBytes): string => base64url(random(bytes))
  return {
    deviceCode: () => secret(),
    /** `XXXX-XXXX`. */
    userCode(): string {
      let code = ''
      while (code.length < userCodeLetters)
        for (const byte of random(userCodeLetters))
          if (byte < evenBytes && code.length < userCodeLetters) code += letters[byte % letters.length]
      return shownCode(code)
    },
    accessToken: () => accessPrefix + secret(),
    family: () => secret(familyBytes),
    refreshToken: (family: string) => refreshPrefix + family + secret(),
    invite: () => secret(inviteBytes),
    id: (prefix: string) => prefix + Buffer.from(random(idBytes)).toString('hex'),
  }
}

export type Codes = ReturnType<typeof createCodes>

const half = userCodeLetters / 2

const shownCode = (code: string): string => `${code.slice(0, half)}-${code.slice(half)}`

/** Reads a code that a user typed: in any case, with or without the hyphen. */
export const toUserCode = (typed: string): string => shownCode(typed.toUpperCase().replace(/[\s-]/g, ''))

const userCodeForm = new RegExp(`^[${letters}]{${half}}-[${letters}]{${half}}$`)

/** Whether a text can be a user code, in the form that `toUserCode` gives it. */
export const isUserCode = (text: string): boolean => userCodeForm.test(text)

/** The random beginning that all refresh tokens of a session share; undefined for another text. */
export const familyOf = (refreshToken: string): string | undefined => refreshForm.exec(refreshToken)?.[1]
