import { join } from 'node:path'
import { startProgram } from '../support/program.ts'
import { startRedis } from '../support/redis.ts'
import type { ClientName } from './clients.ts'
import {
  apiKey,
  type Endpoint,
  type Launcher,
  type LaunchOptions,
  pathWith,
  serverEnvironment,
  startFlags,
} from './launcher.ts'
import { ownTraffic, writeOwnFiles } from './openai-launchers.ts'

/** Servers for a team: one with named clients, limits, a history and metrics, or two that share a Redis. */

/** The client's name. */
export const teamClient = 'alice'

const limits = ['--rate-limit', '6000', '--max-concurrency', '50', '--queue', '50']

/** Runs one of the server's other commands. Returns its standard output; throws with its error. */
export const createAdmin =
  (options: LaunchOptions, environment: Readonly<Record<string, string>>) =>
  async (args: readonly string[]): Promise<string> => {
    const child = Bun.spawn([...options.server, ...args], {
      cwd: options.home,
      env: environment,
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
    if ((await child.exited) !== 0) throw new Error(`${args.join(' ')} failed:\n${errors}`)
    return out.trim()
  }

/** The variables by which a client finds the server, as docs/operate.md names them, and its own files. */
const clientVariables = async (
  name: ClientName,
  options: LaunchOptions,
  url: string,
  token: string,
): Promise<Readonly<Record<string, string>>> =>
  name === 'claude'
    ? { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: token, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }
    : { NEXUS_CLIENT_TOKEN: token, CODEX_API_KEY: token, ...ownTraffic, ...(await writeOwnFiles(options, name, url)) }

const startServer = async (
  options: LaunchOptions,
  environment: Readonly<Record<string, string>>,
  ...flags: readonly string[]
) => {
  const { ready, output, stop } = await startProgram({
    command: [...options.server, 'start', '--port', '0', ...flags, ...startFlags(options)],
    folder: options.home,
    environment,
    ready: /"event":"program\.listening","address":"([^"]+)"/,
  })
  return { url: String(ready[1]), output, stop }
}

const clientEnvironment = async (
  name: ClientName,
  options: LaunchOptions,
  { url, token }: Endpoint,
): Promise<Readonly<Record<string, string>>> => ({
  PATH: pathWith(options.client),
  // The trap is the proxy for every other address.
  NO_PROXY: '127.0.0.1',
  no_proxy: '127.0.0.1',
  ...(await clientVariables(name, options, url, token)),
})

export const byTeam =
  (name: ClientName) =>
  async (options: LaunchOptions): Promise<Launcher> => {
    const environment = {
      ...serverEnvironment(options),
      NEXUS_API_KEY: apiKey,
      NEXUS_CLIENTS_FILE: join(options.home, 'clients.json'),
      NEXUS_HISTORY: 'true',
      NEXUS_METRICS: 'on',
    }
    const admin = createAdmin(options, environment)
    const token = await admin(['clients', 'add', teamClient])
    const { url, output, stop } = await startServer(options, environment, ...limits)
    const endpoint = { url, token }
    return {
      endpoint,
      admin,
      command: (args) => [options.client, ...args],
      environment: await clientEnvironment(name, options, endpoint),
      log: output,
      stop,
    }
  }

/** As long as a token must be. */
const tokenBytes = 24

/** Two servers with one Redis. The client uses the first one. */
export const byReplicas =
  (name: ClientName) =>
  async (options: LaunchOptions): Promise<Launcher> => {
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(tokenBytes))).toString('hex')
    await using stack = new AsyncDisposableStack()
    const redis = await startRedis({ folder: options.home })
    stack.defer(redis.stop)
    const environment = {
      ...serverEnvironment(options),
      NEXUS_STATE: redis.url,
      NEXUS_CLIENT_TOKENS: `${teamClient}:${token}`,
    }
    const first = await startServer(options, environment, ...limits)
    stack.defer(first.stop)
    const second = await startServer(options, environment, ...limits)
    stack.defer(second.stop)
    const endpoint = { url: first.url, token }
    const variables = await clientEnvironment(name, options, endpoint)
    const started = stack.move()
    return {
      endpoint,
      replicas: { second: { url: second.url, token }, stopRedis: redis.stop },
      command: (args) => [options.client, ...args],
      environment: variables,
      log: () => first.output() + second.output(),
      stop: () => started.disposeAsync(),
    }
  }
