import { attempt } from '../../base/attempt.ts'
import { isObject } from '../../base/json.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { productName } from '../../version.ts'
import { settingsVariables } from '../claude-code/claude-settings.ts'
import { findGatewaySignIn, gatewayUrl } from '../claude-code/gateway-sign-in.ts'
import { settingsFiles } from '../claude-code/settings-files.ts'
import { fetchFromServer, fetchHealth } from '../system/fetch-health.ts'
import { bypassesProxy, namedProxy } from '../system/proxy.ts'
import { type Finding, fail, info, ok, warn } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Whether a signed-in Claude Code reaches its gateway: without it, it does not start (SI-D1). */

const deadlineMs = 5000
/** Metadata have a few hundred bytes. */
const maximumBytes = 65_536

type Answer = 'gateway' | 'other' | 'silent'

const targetOf = ({ hostname }: URL) => ({ isElsewhere: !isLoopbackHost(hostname) })

/** The request that Claude Code sends first at its sign-in. */
const ask = async (address: URL): Promise<Answer> => {
  const url = `${address.origin}/.well-known/oauth-authorization-server`
  const response = await fetchFromServer(url, { headers: {}, deadlineMs, maximumBytes, ...targetOf(address) })
  if (response === undefined) return 'silent'
  const metadata: unknown = attempt(() => JSON.parse(response.text))
  const isGateway = response.status === 200 && isObject(metadata) && 'device_authorization_endpoint' in metadata
  return isGateway ? 'gateway' : 'other'
}

const noServer =
  'no server answers: Claude Code then ends with "Couldn\'t load settings from Cloud gateway", also without a prompt'

/** The shell's variables, and those of Claude Code's settings, which win. */
const environmentOf = ({ io: { machine } }: DoctorContext): Record<string, string | undefined> => ({
  ...machine.environment,
  ...Object.fromEntries(settingsVariables(settingsFiles(machine)).map(({ name, value }) => [name, value])),
})

/** The proxy that Claude Code would send its requests for this machine to. */
const proxyInTheWay = (context: DoctorContext, address: URL): string | undefined => {
  if (!isLoopbackHost(address.hostname)) return undefined
  const environment = environmentOf(context)
  // Claude Code uses the https proxy for every request.
  const proxy = namedProxy(environment, new URL('https://any')) ?? namedProxy(environment, address)
  return proxy === undefined || bypassesProxy(environment, address) ? undefined : proxy.variable
}

const startRemedy = `Start the server: ${productName} start --sign-in. To start it at login: ${productName} service print --sign-in.`

const findingOf = (answer: Answer, isOurs: boolean, { origin, hostname }: URL): Finding => {
  const data = { url: origin, answer: isOurs && answer === 'other' ? 'no sign-in' : answer }
  if (answer === 'gateway') return ok(`${origin} answers`, data)
  if (answer === 'silent')
    return fail(
      `${origin}: ${noServer}`,
      `${isLoopbackHost(hostname) ? startRemedy : 'Check the network, and that the gateway runs.'} To sign out, run claude auth logout: Claude Code itself does not start.`,
      data,
    )
  if (isOurs)
    return fail(
      `the server at ${origin} runs without sign-in, and Claude Code signs in there`,
      `Start it with ${productName} start --sign-in, or sign out with /logout in Claude Code.`,
      data,
    )
  return warn(`the server at ${origin} is no gateway of Claude Code`, 'Check forceLoginGatewayUrl.', data)
}

export const gatewayAddressFinding = async (context: DoctorContext): Promise<Finding> => {
  const signIn = findGatewaySignIn(context.io.machine)
  const address = signIn && URL.parse(gatewayUrl(signIn) ?? '')
  if (!address) return ok('needs no gateway: no sign-in found')
  const proxy = proxyInTheWay(context, address)
  if (proxy !== undefined)
    return fail(
      `${proxy} is set, and NO_PROXY does not contain ${address.hostname}: Claude Code asks the proxy for this machine, and fails`,
      `Add NO_PROXY to "env" in Claude Code's settings: ${productName} setup claude-code --sign-in does that.`,
      { url: address.origin, proxy },
    )
  if (context.isOffline) return info(`${address.origin} (not tried with --offline)`, { url: address.origin })
  const answer = await ask(address)
  const isOurs =
    answer === 'other' && (await fetchHealth(address.origin, deadlineMs, targetOf(address))).kind === 'ours'
  return findingOf(answer, isOurs, address)
}
