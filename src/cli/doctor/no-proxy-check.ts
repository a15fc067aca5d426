import type { Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import { isOn, settingsVariables } from '../claude-code/claude-settings.ts'
import { settingsFiles } from '../claude-code/settings-files.ts'
import { bypassesProxy, namedProxy } from '../system/proxy.ts'
import { type Finding, info, ok } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Whether Claude Code would send its requests for this machine to a proxy. */

const isSet = (value: string | undefined): boolean => value !== undefined && isOn(value)

const loopback = '127.0.0.1,localhost,::1'

/** Keeps the current value. */
const exemption = ({ platform, environment }: Machine): string => {
  const existing = ['NO_PROXY', 'no_proxy'].find((name) => isSet(environment[name]))
  if (platform === 'win32') return `$env:NO_PROXY="${existing === undefined ? '' : `$env:${existing},`}${loopback}"`
  return `export NO_PROXY="${existing === undefined ? '' : `$${existing},`}${loopback}"`
}

const isNoProxy = ({ name }: { readonly name: string }): boolean => /^no_proxy$/i.test(name)

const hostsIn = (list: string | undefined): string[] => (list ?? '').split(/[\s,]+/).filter((host) => host !== '')

/** Hosts of the shell that a settings file of Claude Code hides (SU-CC3); undefined if it hides none. */
const hiddenHosts = ({ environment }: Machine, files: ReturnType<typeof settingsVariables>): Finding | undefined => {
  const inFile = files.find(isNoProxy)
  const kept = hostsIn(inFile?.value)
  if (inFile === undefined || kept.includes('*')) return undefined
  const hidden = hostsIn(environment['NO_PROXY'] || environment['no_proxy']).filter((host) => !kept.includes(host))
  if (hidden.length === 0) return undefined
  return {
    ...info(`${inFile.path} sets ${inFile.name}, and hides these hosts of your shell: ${hidden.join(', ')}`),
    remedy: `If Claude Code must reach them without the proxy, run ${productName} setup claude-code again.`,
  }
}

/** Claude Code sends requests for this machine to the proxy, too, unless NO_PROXY contains it. */
export const noProxyFinding = ({ io: { machine }, url = 'http://127.0.0.1' }: DoctorContext): Finding => {
  const address = new URL(url)
  const variables = settingsVariables(settingsFiles(machine))
  const inFiles = Object.fromEntries(variables.filter(isNoProxy).map(({ name, value }) => [name, value]))
  // Claude Code uses the https proxy for every request.
  const proxy = namedProxy(machine.environment, new URL('https://any')) ?? namedProxy(machine.environment, address)
  if (proxy === undefined) return ok('no proxy in the environment')
  const hidden = hiddenHosts(machine, variables)
  if (hidden !== undefined) return hidden
  if (bypassesProxy({ ...machine.environment, ...inFiles }, address)) return ok(`NO_PROXY contains ${address.hostname}`)
  return {
    ...info(
      `${proxy.variable} is set, and NO_PROXY does not contain ${address.hostname}. The launch command adds it; Claude Code started in another way sends its requests for this machine to the proxy.`,
    ),
    remedy: `If you start Claude Code in another way, run:\n  ${exemption(machine)}`,
  }
}
