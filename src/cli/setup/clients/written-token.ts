import { anyToken } from '../../../config/client-tokens.ts'
import type { KeyEdit, KeyPath, SetupRequest } from '../client-plan.ts'

/** The token in a client's own file, for clients that run no helper (SU-3). */
export const tokenEdit = (path: KeyPath, { token }: Pick<SetupRequest, 'token'>): KeyEdit =>
  token === undefined ? { path, value: anyToken } : { path, value: token, isSecret: true }

/** A sentence for the question; none without a token. */
export const tokenNote = ({ token }: Pick<SetupRequest, 'token'>): readonly string[] =>
  token === undefined ? [] : ['The file contains the client token. Only you can read it afterwards.']
