/** The simulated model's signatures: it recognizes its own thinking, and refuses changed thinking. */

const sealingKey = 'simulated-nexus'
const redactionPrefix = 'simulated:'

/** Base64, as long as real signatures. */
export const sign = (thinking: string): string => {
  const seal = new Bun.CryptoHasher('sha512', sealingKey).update(thinking).digest()
  return Buffer.concat(Array.from({ length: 9 }, () => seal)).toString('base64')
}

export const isGenuineSignature = (thinking: string, signature: string): boolean => sign(thinking) === signature

/** Base64. */
export const redact = (thinking: string): string => Buffer.from(redactionPrefix + thinking).toString('base64')

export const isGenuineRedaction = (data: string): boolean => {
  const bytes = Buffer.from(data, 'base64')
  return bytes.toString('base64') === data && bytes.toString().startsWith(redactionPrefix)
}
