import { UsageError } from '../../base/usage-error.ts'
import { checkSignIn } from '../../config/sign-in.ts'
import { localUrl } from '../clients/connection.ts'
import { signInAddress, signInWarnings } from '../sign-in/start-words.ts'
import { type Check, type Finding, failWith, ok, warn } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Whether clients can sign in to this server. Only if the configuration says so. */

const finding = ({ io, url }: DoctorContext, config: Parameters<typeof checkSignIn>[0]): Finding => {
  try {
    checkSignIn(config)
  } catch (error) {
    if (error instanceof UsageError) return failWith(error.message)
    throw error
  }
  const address = signInAddress(config, url ?? localUrl(config, config.port))
  const { approve } = config.signIn
  const data = { url: address, approve }
  const way = approve === 'invite' ? 'with an invite' : 'after an approval in a terminal of this machine'
  const detail = `clients sign in at ${address}, ${way}`
  const warnings = signInWarnings(config, io)
  return warnings.length === 0 ? ok(detail, data) : warn([detail, ...warnings].join('\n'), undefined, data)
}

export const signInChecks = (context: DoctorContext): Check[] => {
  const config = context.loaded?.config
  if (config?.signIn.enabled !== true) return []
  return [{ id: 'sign-in', title: 'Sign-in', run: () => finding(context, config) }]
}
