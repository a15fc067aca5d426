import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { posixQuote } from '../../src/cli/clients/shells.ts'
import { startProgram } from '../support/program.ts'
import { startClaudeGateway } from './claude-gateway/gateway.ts'
import { toCredentials } from './claude-gateway/sign-in.ts'
import {
  apiKey,
  credentialsFolder,
  inBash,
  type Launcher,
  type LaunchOptions,
  pathWith,
  serverEnvironment,
  startFlags,
} from './launcher.ts'
import { byConfiguration, byPrintedLine, writeOwnFiles } from './openai-launchers.ts'
import { bySetup } from './setup-launcher.ts'
import { bySignIn } from './sign-in-launcher.ts'
import { byReplicas, byTeam } from './team-launcher.ts'

/** The ways to start a client, and the server that it reaches. */

/** The folder of the client's settings and credentials. */
export const clientFolder = (clientHome: string): string => join(clientHome, '.claude')

/** Starts a server. Returns it with the environment that it prints for Claude Code. */
const startServer = async (options: LaunchOptions) => {
  const { server, home, clientHome, anthropic } = options
  const flags = ['start', '--port', '0', '--claude-code', '--shell', 'bash', ...startFlags(options)]
  for (const [name, content] of Object.entries(anthropic?.files ?? {}))
    await Bun.write(join(credentialsFolder(home), name), JSON.stringify(content), { mode: 0o600 })
  const program = await startProgram({
    command: [...server, ...flags],
    folder: home,
    environment: { ...serverEnvironment(options), CLAUDE_CONFIG_DIR: clientFolder(clientHome) },
    ready: /^(.+ )claude\n/m,
  })
  const line = String(program.ready[1])
  const read = (variable: string): string => new RegExp(`${variable}='([^']*)'`).exec(line)?.[1] ?? ''
  return { ...program, line, endpoint: { url: read('ANTHROPIC_BASE_URL'), token: read('ANTHROPIC_AUTH_TOKEN') } }
}

/** The client gets the environment that the server prints. */
const byLine = async (options: LaunchOptions): Promise<Launcher> => {
  const { line, endpoint, output, stop } = await startServer(options)
  const program = (command: readonly string[]): string[] => inBash(`exec ${line}`, command)
  return {
    endpoint,
    command: (args) => program([options.client, ...args]),
    program,
    environment: { PATH: pathWith(options.client) },
    log: output,
    stop,
  }
}

/** The client gets the environment that `env` prints for the server. */
const byEnv = async (options: LaunchOptions): Promise<Launcher> => {
  const { endpoint, output, stop } = await startServer(options)
  const env = [...options.server, 'env', '--shell', 'bash', '--port', new URL(endpoint.url).port]
  return {
    endpoint,
    command: (args) => inBash(`eval "$(${env.map(posixQuote).join(' ')})"; exec`, [options.client, ...args]),
    environment: { PATH: pathWith(options.client) },
    log: output,
    stop,
  }
}

/** A command of our program finds the client on PATH, and starts its own server each time. */
const byCommand =
  (name: 'claude' | 'codex' | 'opencode') =>
  async (options: LaunchOptions): Promise<Launcher> => {
    const logFile = join(options.home, 'server.log')
    const flags = [name, '--log-file', logFile, ...startFlags(options)]
    return {
      command: (args) => [...options.server, ...flags, ...args],
      environment: {
        NEXUS_API_KEY: apiKey,
        NEXUS_CACHE_AUDIT: 'on',
        PATH: pathWith(options.client),
        ...(await writeOwnFiles(options, name)),
      },
      log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
      stop: async () => {},
    }
  }

/** The client is signed in to Anthropic's gateway, and does not know the server behind it. */
const byClaudeGateway = async (options: LaunchOptions): Promise<Launcher> => {
  const { client, home, clientHome, trap } = options
  const serverFlags = [...(options.serverFlags ?? []), '--client-token', crypto.randomUUID()]
  const server = await startServer({ ...options, serverFlags })
  const environment = { PATH: pathWith(client), NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
  try {
    const gateway = await startClaudeGateway({
      claude: client,
      folder: home,
      upstream: server.endpoint,
      environment: { ...environment, ...trap.environment },
    })
    const credentials = JSON.stringify(toCredentials(gateway.url, gateway.tokens))
    await Bun.write(join(clientFolder(clientHome), '.credentials.json'), credentials)
    return {
      endpoint: { url: gateway.url, token: gateway.tokens.access_token },
      command: (args) => [client, ...args],
      environment,
      log: () => server.output() + gateway.log(),
      stop: () => Promise.all([gateway.stop(), server.stop()]).then(() => undefined),
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

export const launchers = {
  line: byLine,
  env: byEnv,
  claude: byCommand('claude'),
  'claude gateway': byClaudeGateway,
  codex: byConfiguration('codex'),
  opencode: byConfiguration('opencode'),
  'codex command': byCommand('codex'),
  'opencode command': byCommand('opencode'),
  'codex line': byPrintedLine('codex'),
  'opencode line': byPrintedLine('opencode'),
  'claude of a team': byTeam('claude'),
  'codex of a team': byTeam('codex'),
  'opencode of a team': byTeam('opencode'),
  'claude of replicas': byReplicas('claude'),
  'sign-in': bySignIn,
  'codex of replicas': byReplicas('codex'),
  'claude by setup': bySetup('claude'),
  'claude by setup, with a token': bySetup('claude', { token: 'e2e-client-token-0123456789' }),
  'claude by setup, with sign-in': bySetup('claude', { isSignIn: true }),
  'codex by setup': bySetup('codex'),
  'opencode by setup': bySetup('opencode'),
} satisfies Record<string, (options: LaunchOptions) => Launcher | Promise<Launcher>>
