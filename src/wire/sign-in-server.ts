import { type Static, Type } from '@sinclair/typebox'
import { Open } from './schema.ts'

/** The file with which the commands of sign-in find the running server. */
export const SignInServer = Open({
  /** On this machine, without a slash at the end. */
  url: Type.String({ pattern: '^https?://' }),
  pid: Type.Integer({ minimum: 1 }),
})
export type SignInServer = Static<typeof SignInServer>
