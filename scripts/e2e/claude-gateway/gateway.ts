import { join } from 'node:path'
import { type RunningProgram, startProgram } from '../../support/program.ts'
import { type Packages, packageFolder } from '../install.ts'
import { readConfiguration } from './configuration.ts'
import { startIssuer } from './issuer.ts'
import { signIn, type Tokens } from './sign-in.ts'

/** Anthropic's own gateway in front of our server, with its own database and issuer. A user, Ada, is signed in. */

/** PostgreSQL in one process, and its socket: each version of the one requires a version of the other. */
export const databasePackages: Packages = {
  name: 'pglite-0.5.14',
  dependencies: { '@electric-sql/pglite': '0.5.14', '@electric-sql/pglite-socket': '0.2.17' },
}

const databaseServer = join('node_modules', '@electric-sql', 'pglite-socket', 'dist', 'scripts', 'server.js')

export interface ClaudeGateway {
  readonly url: string
  /** Ada's tokens. */
  readonly tokens: Tokens
  /** Its output so far. */
  log(): string
  stop(): Promise<void>
}

export interface ClaudeGatewayOptions {
  /** The path of Claude Code: the gateway is one of its commands. */
  readonly claude: string
  /** A folder for the files of the gateway and the database. */
  readonly folder: string
  /** Our server, and the token that it requires. */
  readonly upstream: { readonly url: string; readonly token: string }
  /** Variables that keep the gateway on this machine. */
  readonly environment: Readonly<Record<string, string>>
  /** More lines of its configuration. */
  readonly more?: string
}

const clientId = 'claude-gateway'

/** The database stores the gateway's prepared statements, so each gateway needs its own database. */
const startDatabase = (folder: string): Promise<RunningProgram> =>
  startProgram({
    command: [
      process.execPath,
      join(packageFolder(databasePackages), databaseServer),
      '--port=0',
      '--max-connections=10',
    ],
    folder,
    environment: { HOME: folder },
    ready: /listening on .*"port":(\d+)/,
  })

export const startClaudeGateway = async (options: ClaudeGatewayOptions): Promise<ClaudeGateway> => {
  const { claude, folder, upstream, environment, more = '' } = options
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    for (const program of started.toReversed()) await program.stop()
  }
  try {
    const issuer = await startIssuer(clientId)
    started.push(issuer)
    const database = await startDatabase(folder)
    started.push(database)
    const file = join(folder, 'gateway.yaml')
    await Bun.write(file, (await readConfiguration({ issuer: issuer.url, upstream: upstream.url })) + more)
    const gateway = await startProgram({
      command: [claude, 'gateway', '--config', file],
      folder,
      environment: {
        HOME: folder,
        ...environment,
        CLAUDE_GATEWAY_ALLOW_LOOPBACK: '1',
        OIDC_CLIENT_SECRET: 'of-the-issuer',
        GATEWAY_JWT_SECRET: crypto.randomUUID().repeat(2),
        GATEWAY_POSTGRES_URL: `postgres://postgres@127.0.0.1:${database.ready[1]}/postgres`,
        NEXUS_CLIENT_TOKEN: upstream.token,
      },
      ready: /listening on (http:\S+)/,
    })
    started.push(gateway)
    const url = String(gateway.ready[1])
    return { url, tokens: await signIn(url), log: gateway.output, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
