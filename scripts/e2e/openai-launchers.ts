import { join } from 'node:path'
import { type Launcher, type LaunchOptions, pathWith, serverEnvironment, startFlags } from './launcher.ts'
import { startProgram } from './program.ts'

/** Clients of the OpenAI API: each reads the server's URL from a file of configuration, and the token from a variable. */

/** The folder of Codex's configuration and sessions. */
const codexHome = (clientHome: string): string => join(clientHome, '.codex')

const startServer = async (options: LaunchOptions) => {
  const token = crypto.randomUUID()
  const program = await startProgram({
    command: [...options.server, 'start', '--port', '0', '--client-token', token, ...startFlags(options)],
    folder: options.home,
    environment: serverEnvironment(options),
    ready: /"event":"program\.listening","address":"([^"]+)"/,
  })
  return { ...program, endpoint: { url: String(program.ready[1]), token } }
}

/** Starts the server, and writes the configuration for its URL. */
const byConfiguration = async (
  options: LaunchOptions,
  file: string,
  toVariables: (token: string) => Readonly<Record<string, string>>,
): Promise<Launcher> => {
  const { endpoint, output, stop } = await startServer(options)
  await Bun.write(file, options.configuration?.(endpoint.url) ?? '')
  return {
    endpoint,
    command: (args) => [options.client, ...args],
    environment: {
      PATH: pathWith(options.client),
      // The trap is the proxy for every other address.
      NO_PROXY: '127.0.0.1',
      no_proxy: '127.0.0.1',
      NEXUS_CLIENT_TOKEN: endpoint.token,
      ...toVariables(endpoint.token),
    },
    log: output,
    stop,
  }
}

export const byCodexConfiguration = (options: LaunchOptions): Promise<Launcher> => {
  const home = codexHome(options.clientHome)
  // Codex's own provider reads its key from the second variable.
  return byConfiguration(options, join(home, 'config.toml'), (token) => ({ CODEX_HOME: home, CODEX_API_KEY: token }))
}

export const byOpenCodeConfiguration = (options: LaunchOptions): Promise<Launcher> => {
  const file = join(options.clientHome, 'opencode.json')
  return byConfiguration(options, file, () => ({
    OPENCODE_CONFIG: file,
    // The client's own traffic stays on this machine.
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
  }))
}
