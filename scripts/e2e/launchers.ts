import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { posixQuote } from '../../src/cli/claude-code/launch/shells.ts'
import type { CheckedBody } from '../../src/simulator/anthropic/rule.ts'
import type { FaceName } from '../../src/simulator/openai-chat/face-name.ts'
import type { ChatBody } from '../../src/simulator/openai-chat/schema.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { startClaudeGateway } from './claude-gateway/gateway.ts'
import { toCredentials } from './claude-gateway/sign-in.ts'
import { startProgram } from './program.ts'
import type { Trap } from './trap.ts'

/** The ways to start a client, and the server that it reaches. */

export interface Endpoint {
  readonly url: string
  /** The bearer token of a client. */
  readonly token: string
}

export interface Launcher {
  /** Where clients send their requests. Undefined if each run starts its own server. */
  readonly endpoint?: Endpoint
  /** The command line that runs the client. */
  command(args: readonly string[]): string[]
  /** The command line that runs another program in the client's environment. Undefined if not supported. */
  program?(command: readonly string[]): string[]
  readonly environment: Readonly<Record<string, string>>
  /** The server's output so far. */
  log(): string
  stop(): Promise<void>
}

/** A simulated OpenAI-compatible server instead of a simulated Nexus. */
export interface ChatServer {
  readonly face: FaceName
  /** The provider whose dialect the server uses. */
  readonly provider: string
  readonly scenario: Scenario<ChatBody>
  /** Variables of the server, for example BIG_MODEL. */
  readonly variables: Readonly<Record<string, string>>
}

/** A simulated Anthropic instead of a simulated Nexus. */
export interface AnthropicServer {
  readonly scenario: Scenario<CheckedBody>
  /** The only accepted keys. Default: any key, and any access token. */
  readonly apiKeys?: readonly string[]
  /** The key of the server itself. */
  readonly apiKey?: string
  /** The files in the server's folder of credentials, by name. */
  readonly files?: Readonly<Record<string, object>>
}

export interface LaunchOptions {
  /** The path of the client. */
  readonly claude: string
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
  /** The URL of the simulated Nexus. */
  readonly upstream: string
  readonly chat?: Pick<ChatServer, 'provider' | 'variables'>
  readonly anthropic?: Pick<AnthropicServer, 'apiKey' | 'files'>
  readonly model?: string
  readonly serverFlags?: readonly string[]
  /** A folder for the server's files, and the client's home. */
  readonly home: string
  readonly clientHome: string
  readonly trap: Trap
}

const apiKey = 'e2e-key'

/** A PATH that begins with the client's folder: the server reads the version of that client. */
const pathWith = (claude: string): string => `${dirname(claude)}:${process.env['PATH'] ?? ''}`

const credentialsFolder = (home: string): string => join(home, 'credentials')

const addressFlags = ({ upstream, chat, anthropic, home }: LaunchOptions): string[] => {
  if (chat !== undefined) return ['--upstream', 'openai', '--openai-url', `${upstream}/v1`, '--provider', chat.provider]
  if (anthropic === undefined) return ['--endpoint-url', upstream]
  const folder = anthropic.files === undefined ? [] : ['--credentials-dir', credentialsFolder(home)]
  return ['--upstream', 'anthropic', '--anthropic-url', upstream, ...folder]
}

const startFlags = (options: LaunchOptions): string[] => [
  ...addressFlags(options),
  ...['--log-level', 'debug', '--log-format', 'json'],
  ...(options.model === undefined ? [] : ['--model', options.model]),
  ...(options.serverFlags ?? []),
]

/** The folder of the client's settings and credentials. */
export const clientFolder = (clientHome: string): string => join(clientHome, '.claude')

/** Starts a server. Returns it with the environment that it prints for Claude Code. */
const startServer = async (options: LaunchOptions) => {
  const { claude, server, home, clientHome, anthropic } = options
  const flags = ['start', '--port', '0', '--claude-code', '--shell', 'bash', ...startFlags(options)]
  for (const [name, content] of Object.entries(anthropic?.files ?? {}))
    await Bun.write(join(credentialsFolder(home), name), JSON.stringify(content), { mode: 0o600 })
  const program = await startProgram({
    command: [...server, ...flags],
    folder: home,
    environment: {
      HOME: home,
      PATH: pathWith(claude),
      NEXUS_API_KEY: apiKey,
      OPENAI_API_KEY: apiKey,
      ...(anthropic?.apiKey !== undefined && { CLAUDE_API_KEY: anthropic.apiKey }),
      ...options.chat?.variables,
      CLAUDE_CONFIG_DIR: clientFolder(clientHome),
    },
    ready: /^(.+ )claude\n/m,
  })
  const line = String(program.ready[1])
  const read = (variable: string): string => new RegExp(`${variable}='([^']*)'`).exec(line)?.[1] ?? ''
  return { ...program, line, endpoint: { url: read('ANTHROPIC_BASE_URL'), token: read('ANTHROPIC_AUTH_TOKEN') } }
}

const inBash = (start: string, words: readonly string[]): string[] => [
  'bash',
  '-c',
  `${start} ${words.map(posixQuote).join(' ')}`,
]

/** The client gets the environment that the server prints. */
const byLine = async (options: LaunchOptions): Promise<Launcher> => {
  const { line, endpoint, output, stop } = await startServer(options)
  const program = (command: readonly string[]): string[] => inBash(`exec ${line}`, command)
  return {
    endpoint,
    command: (args) => program([options.claude, ...args]),
    program,
    environment: { PATH: pathWith(options.claude) },
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
    command: (args) => inBash(`eval "$(${env.map(posixQuote).join(' ')})"; exec`, [options.claude, ...args]),
    environment: { PATH: pathWith(options.claude) },
    log: output,
    stop,
  }
}

/** `claude` finds the client on PATH, and starts its own server each time. */
const byClaude = (options: LaunchOptions): Launcher => {
  const logFile = join(options.home, 'server.log')
  const flags = ['claude', '--log-file', logFile, ...startFlags(options)]
  return {
    command: (args) => [...options.server, ...flags, ...args],
    environment: { NEXUS_API_KEY: apiKey, PATH: pathWith(options.claude) },
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    stop: async () => {},
  }
}

/** The client is signed in to Anthropic's gateway, and does not know the server behind it. */
const byClaudeGateway = async (options: LaunchOptions): Promise<Launcher> => {
  const { claude, home, clientHome, trap } = options
  const serverFlags = [...(options.serverFlags ?? []), '--client-token', crypto.randomUUID()]
  const server = await startServer({ ...options, serverFlags })
  const environment = { PATH: pathWith(claude), NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
  try {
    const gateway = await startClaudeGateway({
      claude,
      folder: home,
      upstream: server.endpoint,
      environment: { ...environment, ...trap.environment },
    })
    const credentials = JSON.stringify(toCredentials(gateway.url, gateway.tokens))
    await Bun.write(join(clientFolder(clientHome), '.credentials.json'), credentials)
    return {
      endpoint: { url: gateway.url, token: gateway.tokens.access_token },
      command: (args) => [claude, ...args],
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
  claude: byClaude,
  'claude gateway': byClaudeGateway,
} satisfies Record<string, (options: LaunchOptions) => Launcher | Promise<Launcher>>
