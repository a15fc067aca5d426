import { anyToken } from '../clients/connection.ts'

/** Values of a client's file that a diff does not show (SU-2): the file may have secrets of the user's. */

const secretName = /key|token|secret|passw|credential|auth|bearer|cookie|headers/i
/** Numbers of tokens, and programs that print a secret. */
const plainName = /tokens$|helper$|scheme$|kind$/i
const withPassword = /:\/\/[^/@\s]*:[^/@\s]+@/

export const isSecretMember = (name: string, value: string): boolean =>
  value !== '' && value !== anyToken && ((secretName.test(name) && !plainName.test(name)) || withPassword.test(value))
