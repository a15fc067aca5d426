import { posix, win32 } from 'node:path'
import { isObject } from '../../base/json.ts'
import type { Config } from '../../config/load.ts'
import type { Machine } from '../../config/paths.ts'
import { claudeFolder, readJsonFile, settingsFiles } from './settings-files.ts'

/**
 * A Claude Code that signed in to a Cloud gateway ignores ANTHROPIC_BASE_URL and ANTHROPIC_AUTH_TOKEN: prompts go
 * to that gateway. CLAUDE_CODE_USE_GATEWAY=1 makes it use the two variables again (measured: 2.1.197, 2.1.332).
 */

export interface GatewaySignIn {
  /** The file with the sign-in. */
  readonly path: string
  readonly key: 'enterpriseGateway' | 'forceLoginMethod'
}

/** A stored sign-in. On macOS most are in the keychain, which this program does not open. */
const storedSignIn = (machine: Machine): GatewaySignIn | undefined => {
  const { join } = machine.platform === 'win32' ? win32 : posix
  const path = join(claudeFolder(machine), '.credentials.json')
  // Checks only whether the key exists: its value contains secrets.
  return readJsonFile(path)?.['enterpriseGateway'] ? { path, key: 'enterpriseGateway' } : undefined
}

/** The gateway's URL, for doctor; undefined if the file has none. Reads nothing else of the sign-in. */
export const gatewayUrl = ({ path, key }: GatewaySignIn): string | undefined => {
  const file = readJsonFile(path)
  const stored = file?.[key]
  const url = isObject(stored) ? stored['url'] : file?.['forceLoginGatewayUrl']
  return typeof url === 'string' ? url : undefined
}

/** Undefined if neither the credentials nor a settings file names a gateway. */
export const findGatewaySignIn = (machine: Machine): GatewaySignIn | undefined => {
  const stored = storedSignIn(machine)
  if (stored !== undefined) return stored
  const forcing = settingsFiles(machine).find(({ settings }) => settings?.['forceLoginMethod'] === 'gateway')
  return forcing && { path: forcing.path, key: 'forceLoginMethod' }
}

/** How a launch treats the sign-in. */
export interface GatewayChoice {
  /** Whether Claude Code is started in gateway mode. */
  readonly isOn: boolean
  readonly signIn: GatewaySignIn | undefined
}

export const chooseGatewayMode = (mode: Config['gatewayMode'], machine: Machine): GatewayChoice => {
  const signIn = findGatewaySignIn(machine)
  return { isOn: mode === 'on' || (mode === 'auto' && signIn !== undefined), signIn }
}

/** `enterpriseGateway in /home/me/.claude/.credentials.json` */
export const signInLocation = ({ key, path }: GatewaySignIn): string => `${key} in ${path}`

/** One line for the user, without a line break; undefined if there is nothing to report. */
export const gatewayWords = ({ isOn, signIn }: GatewayChoice): string | undefined => {
  if (isOn) {
    const reason = signIn === undefined ? '' : `: it signs in to a gateway (${signInLocation(signIn)})`
    return `note: Claude Code runs in gateway mode${reason}. It offers no WebSearch in this mode.`
  }
  if (signIn === undefined) return undefined
  return `warning: gateway mode is off, and Claude Code signs in to a gateway (${signInLocation(signIn)}). Once it is signed in, its requests go there, not to this server. Set gatewayMode to auto.`
}
