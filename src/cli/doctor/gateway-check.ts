import { isSameServer } from '../claude-code/claude-settings.ts'
import { chooseGatewayMode, type GatewaySignIn, gatewayUrl, signInLocation } from '../claude-code/gateway-sign-in.ts'
import { localUrl } from '../claude-code/launch/environment.ts'
import { type Finding, fail, info, ok, warn } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Whether Claude Code is signed in to a gateway, which it then prefers to the address that it is given. */

const keychainHint = 'On macOS a sign-in is in the keychain, which doctor does not open.'
const modeHint = 'If you are signed in to a gateway, set gatewayMode to on.'

const isOurs = (signIn: GatewaySignIn, { loaded }: DoctorContext): boolean => {
  const url = gatewayUrl(signIn)
  return (
    url !== undefined && loaded !== undefined && isSameServer(url, localUrl(loaded.config.host, loaded.config.port))
  )
}

export const gatewayFinding = (context: DoctorContext): Finding => {
  const { machine } = context.io
  const mode = context.loaded?.config.gatewayMode ?? 'auto'
  const { isOn, signIn } = chooseGatewayMode(mode, machine)
  const launch = isOn ? 'Launches use gateway mode, in which Claude Code offers no WebSearch.' : ''
  if (signIn === undefined) {
    const data = { signedIn: 'no', gatewayMode: isOn }
    if (isOn) return info(`no sign-in was found. ${launch}`, data)
    if (machine.platform !== 'darwin') return ok('not signed in to a gateway', data)
    return { ...info(`no settings file names a gateway. ${keychainHint}`, data), remedy: modeHint }
  }
  const signedIn = isOurs(signIn, context) ? 'this server' : 'another'
  const data = { signedIn, gatewayMode: isOn }
  const isStored = signIn.key === 'enterpriseGateway'
  const gateway = signedIn === 'another' ? 'another gateway' : signedIn
  const detail = `${isStored ? 'signed in' : 'has to sign in'} to ${gateway} (${signInLocation(signIn)})`
  if (isOn || signedIn === 'this server') return info(`${detail}. ${launch}`.trim(), data)
  // Before it is signed in, Claude Code uses the address that it is given.
  return (isStored ? fail : warn)(
    `${detail}, and gateway mode is off: the requests of a Claude Code that is signed in go there`,
    'Set gatewayMode to auto, or sign out with /logout in Claude Code.',
    data,
  )
}
