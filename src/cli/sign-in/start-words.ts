import type { Config } from '../../config/load.ts'
import { signInUrlOf } from '../../config/sign-in.ts'
import { productName } from '../../version.ts'
import type { Io } from '../terminal/io.ts'

/** What `start` says about sign-in. */

const approvalOf = ({ signIn }: Config, takesKeys: boolean): string =>
  signIn.approve === 'invite'
    ? `each client needs an invite: ${productName} sign-in invite NAME`
    : `approve its code ${takesKeys ? 'here, or ' : ''}with ${productName} sign-in approve CODE`

/** The address that clients use. `address`: of the server on this machine. */
export const signInAddress = (config: Config, address: string): string => signInUrlOf(config) ?? address

/** The row of the banner. `takesKeys`: a key in the terminal of the server approves. */
export const signInText = (config: Config, address: string, takesKeys: boolean): string =>
  `at ${signInAddress(config, address)}: run /login in Claude Code, and ${approvalOf(config, takesKeys)}`

/** While the server is down, its port belongs to any user who listens there (SI-S6). */
export const signInWarnings = (config: Config, { hasOtherUsers }: Pick<Io, 'hasOtherUsers'>): readonly string[] => {
  const url = signInUrlOf(config)
  // Claude Code pins the certificate of a server with https.
  const isPlain = url === undefined ? config.tls.cert === undefined : url.startsWith('http:')
  if (!config.signIn.enabled || !isPlain || hasOtherUsers?.() !== true) return []
  return [
    `other users can log in to this machine. While this server is down, they can listen on port ${config.port}, and a signed-in Claude Code sends its token and its prompts there. ${productName} claude does not depend on a port.`,
  ]
}
