import { dirname, join } from 'node:path'
import { posixQuote } from '../../src/cli/clients/shells.ts'
import type { CheckedBody } from '../../src/simulator/anthropic/rule.ts'
import type { FaceName } from '../../src/simulator/openai-chat/face-name.ts'
import type { ChatBody } from '../../src/simulator/openai-chat/schema.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import type { StoredSignIn } from '../../src/wire/sign-in-file.ts'
import type { Trap } from './trap.ts'

/** What a launcher gets and returns, and the parts that the launchers share. */

export interface Endpoint {
  readonly url: string
  /** The bearer token of a client. */
  readonly token: string
}

/** A server that clients sign in to. */
interface SignInServer {
  /** Ends the server, and starts it again at the same address. */
  restart(): Promise<void>
  /** Lets an hour pass: the access tokens end, for the server and in the client's file. Restarts the server. */
  passHour(): Promise<void>
  /** The sessions that the server has stored. */
  stored(): Promise<StoredSignIn>
  /** Signs the client in without its terminal, with a code that the command approves. */
  signClientIn(): Promise<void>
}

export interface Launcher {
  /** Where clients send their requests. Undefined if each run starts its own server. */
  readonly endpoint?: Endpoint
  /** Of two servers that share a Redis; the client uses the first one. */
  readonly replicas?: {
    readonly second: Endpoint
    /** Ends Redis at once. */
    stopRedis(): Promise<void>
  }
  /** Of a server that clients sign in to. */
  readonly signIn?: SignInServer
  /** Runs another command of the server's program, with the server's files. Undefined if not supported. */
  admin?(args: readonly string[]): Promise<string>
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

/** The client's configuration for the server at this URL, of clients that read one from a file. */
export type Configuration = (url: string) => string

export interface LaunchOptions {
  /** The path of the client. */
  readonly client: string
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
  /** The URL of the simulated Nexus. */
  readonly upstream: string
  readonly chat?: Pick<ChatServer, 'provider' | 'variables'>
  readonly anthropic?: Pick<AnthropicServer, 'apiKey' | 'files'>
  readonly configuration?: Configuration
  /** Variables of the server. */
  readonly serverVariables?: Readonly<Record<string, string>>
  readonly model?: string
  readonly serverFlags?: readonly string[]
  /** A folder for the server's files, and the client's home. */
  readonly home: string
  readonly clientHome: string
  readonly trap: Trap
}

export const apiKey = 'e2e-key'

/** A PATH that begins with the client's folder: the server reads the version of that client. */
export const pathWith = (client: string): string => `${dirname(client)}:${process.env['PATH'] ?? ''}`

/** The environment of a server. */
export const serverEnvironment = (options: LaunchOptions): Readonly<Record<string, string>> => ({
  HOME: options.home,
  PATH: pathWith(options.client),
  NEXUS_API_KEY: apiKey,
  NEXUS_CACHE_AUDIT: 'on',
  OPENAI_API_KEY: apiKey,
  ...(options.anthropic?.apiKey !== undefined && { CLAUDE_API_KEY: options.anthropic.apiKey }),
  ...options.chat?.variables,
  ...options.serverVariables,
})

export const credentialsFolder = (home: string): string => join(home, 'credentials')

const addressFlags = ({ upstream, chat, anthropic, home }: LaunchOptions): string[] => {
  if (chat !== undefined) return ['--upstream', 'openai', '--openai-url', `${upstream}/v1`, '--provider', chat.provider]
  if (anthropic === undefined) return ['--endpoint-url', upstream]
  const folder = anthropic.files === undefined ? [] : ['--credentials-dir', credentialsFolder(home)]
  return ['--upstream', 'anthropic', '--anthropic-url', upstream, ...folder]
}

export const startFlags = (options: LaunchOptions): string[] => [
  ...addressFlags(options),
  ...['--log-level', 'debug', '--log-format', 'json'],
  ...(options.model === undefined ? [] : ['--model', options.model]),
  ...(options.serverFlags ?? []),
]

/** The command line that runs a line for a shell, with more words at its end. */
export const inBash = (start: string, words: readonly string[]): string[] => [
  'bash',
  '-c',
  `${start} ${words.map(posixQuote).join(' ')}`,
]
