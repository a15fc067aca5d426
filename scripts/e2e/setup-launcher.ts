import { join } from 'node:path'
import { freePort } from '../support/free-port.ts'
import { startProgram } from '../support/program.ts'
import type { ClientName } from './clients.ts'
import { type Launcher, type LaunchOptions, pathWith, serverEnvironment, startFlags } from './launcher.ts'
import { ownTraffic, writeOwnFiles } from './openai-launchers.ts'
import { createAdmin } from './team-launcher.ts'

/** A client that only `setup` has configured: it gets no variable of the server. */

/** The client's name for `setup`. */
const setupName = (name: ClientName): string => (name === 'claude' ? 'claude-code' : name)

/** Variables that a user sets without this program. The trap is a proxy, which the user's own variable excludes. */
const ownVariables = (name: ClientName, token: string | undefined): Readonly<Record<string, string>> => {
  if (name === 'claude') return {}
  const noProxy = { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
  // The last line of `setup codex` sets this variable.
  return name === 'codex' ? { ...noProxy, NEXUS_CLIENT_TOKEN: token ?? 'dummy' } : { ...noProxy, ...ownTraffic }
}

interface SetupServer {
  /** The token that the server requires. */
  readonly token?: string
  readonly isSignIn?: true
}

/** The server and `setup` read the same file of configuration; `setup` runs without flags of the server. */
export const bySetup =
  (name: ClientName, { token, isSignIn }: SetupServer = {}) =>
  async (options: LaunchOptions): Promise<Launcher> => {
    const { client, clientHome, server } = options
    const port = freePort()
    const config = {
      port,
      ...(token !== undefined && { clientToken: token }),
      ...(isSignIn && { signIn: { enabled: true } }),
    }
    await Bun.write(join(clientHome, '.config', 'nexus-claude-api', 'config.json'), JSON.stringify(config))
    await writeOwnFiles(options, name)
    const environment = { ...serverEnvironment(options), HOME: clientHome }
    const program = await startProgram({
      command: [...server, 'start', ...startFlags(options)],
      folder: options.home,
      environment,
      ready: /"event":"program\.listening","address":"([^"]+)"/,
    })
    const admin = createAdmin(options, environment)
    try {
      await admin(['setup', setupName(name), '--yes', ...(isSignIn ? ['--sign-in'] : [])])
    } catch (error) {
      await program.stop()
      throw error
    }
    const profile = name === 'codex' ? ['--profile', 'nexus'] : []
    return {
      endpoint: { url: String(program.ready[1]), token: token ?? 'dummy' },
      admin,
      command: (args) => [client, ...profile, ...args],
      environment: { PATH: pathWith(client), ...ownVariables(name, token) },
      log: program.output,
      stop: program.stop,
    }
  }
