import type { Credential } from './credentials/credential.ts'

/** The value of the one header that carries the credential (AU-K6). */
export const credentialValue = ({ header, secret }: Credential): string =>
  header === 'authorization' ? `Bearer ${secret.reveal()}` : secret.reveal()
