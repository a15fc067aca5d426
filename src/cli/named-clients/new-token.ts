/** 256 bits, which no attacker can guess (OP-A3). */
const tokenBytes = 32
const prefix = 'nxc_'

export const newClientToken = (): string =>
  prefix + crypto.getRandomValues(new Uint8Array(tokenBytes)).toBase64({ alphabet: 'base64url', omitPadding: true })
