import { isSameServer } from '../claude-code/claude-settings.ts'
import { chooseGatewayMode, type GatewaySignIn, gatewayUrl, signInLocation } from '../claude-code/gateway-sign-in.ts'
import { type Finding, fail, info, ok, warn } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Reports a sign-in of Claude Code to a gateway, which it prefers to ANTHROPIC_BASE_URL. */

const keychainHint = 'On macOS, sign-ins are in the keychain, which doctor does not open.'
const modeHint = 'If you are signed in to a gateway, set gatewayMode to on.'

const isOurs = (signIn: GatewaySignIn, { url: own, loaded }: DoctorContext): boolean => {
  const url = gatewayUrl(signIn)
  return url !== undefined && [own, loaded?.config.signIn.publicUrl].some((name) => isSameServer(url, name))
}

export const gatewayFinding = (context: DoctorContext): Finding => {
  const { machine } = context.io
  const mode = context.loaded?.config.gatewayMode ?? 'auto'
  const { isOn, signIn } = chooseGatewayMode(mode, machine)
  const launch = isOn ? 'Launches use gateway mode, in which Claude Code offers no WebSearch.' : ''
  if (signIn === undefined) {
    const data = { signedIn: 'no', gatewayMode: isOn }
    if (isOn) return info(`no sign-in found. ${launch}`, data)
    if (machine.platform !== 'darwin') return ok('not signed in to a gateway', data)
    return { ...info(`no settings file names a gateway. ${keychainHint}`, data), remedy: modeHint }
  }
  const signedIn = isOurs(signIn, context) ? 'this server' : 'another'
  const data = { signedIn, gatewayMode: isOn }
  const isStored = signIn.key === 'enterpriseGateway'
  const gateway = signedIn === 'another' ? 'another gateway' : signedIn
  const detail = `${isStored ? 'signed in' : 'must sign in'} to ${gateway} (${signInLocation(signIn)})`
  if (isOn || signedIn === 'this server') return info(`${detail}. ${launch}`.trim(), data)
  // Before the sign-in, Claude Code uses ANTHROPIC_BASE_URL.
  return (isStored ? fail : warn)(
    `${detail}, and gateway mode is off: after the sign-in, Claude Code sends its requests there`,
    'Set gatewayMode to auto, or sign out with /logout in Claude Code.',
    data,
  )
}
