import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startProgram } from '../support/program.ts'
import { inBash, type Launcher, type LaunchOptions, pathWith, serverEnvironment, startFlags } from './launcher.ts'

/** The ways to start clients of the OpenAI API. */

type OpenAiClient = 'codex' | 'opencode'

type Variables = Readonly<Record<string, string>>

/** The name of opencode's package for plugins, which it installs at each start unless it is there. */
const pluginPackage = { dependencies: { '@opencode-ai/plugin': '*' } }

/** The files of a folder of configuration with an installed package. */
const writeInstalledPackage = async (clientHome: string): Promise<void> => {
  const folder = join(clientHome, '.config', 'opencode')
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  await Bun.write(join(folder, 'package.json'), JSON.stringify(pluginPackage))
  await Bun.write(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': pluginPackage } }))
}

/** Writes the client's configuration for the server's URL. Returns the variables with which the client reads it. */
export const writeOwnFiles = async (
  { clientHome, configuration }: LaunchOptions,
  name: string,
  url = '',
): Promise<Variables> => {
  if (name === 'opencode') await writeInstalledPackage(clientHome)
  if (configuration === undefined) return {}
  const codexHome = join(clientHome, '.codex')
  const file = name === 'codex' ? join(codexHome, 'config.toml') : join(clientHome, 'opencode.json')
  await Bun.write(file, configuration(url))
  return name === 'codex' ? { CODEX_HOME: codexHome } : { OPENCODE_CONFIG: file }
}

/** The client's own traffic stays on this machine. */
export const ownTraffic = { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' }

/** The client reads the server's URL from its configuration, and the token from a variable. */
export const byConfiguration =
  (name: OpenAiClient) =>
  async (options: LaunchOptions): Promise<Launcher> => {
    const token = crypto.randomUUID()
    const program = await startProgram({
      command: [...options.server, 'start', '--port', '0', '--client-token', token, ...startFlags(options)],
      folder: options.home,
      environment: serverEnvironment(options),
      ready: /"event":"program\.listening","address":"([^"]+)"/,
    })
    const url = String(program.ready[1])
    return {
      endpoint: { url, token },
      command: (args) => [options.client, ...args],
      environment: {
        PATH: pathWith(options.client),
        // The trap is the proxy for every other address.
        NO_PROXY: '127.0.0.1',
        no_proxy: '127.0.0.1',
        NEXUS_CLIENT_TOKEN: token,
        // Codex's own provider reads its key from this variable.
        CODEX_API_KEY: token,
        ...ownTraffic,
        ...(await writeOwnFiles(options, name, url)),
      },
      log: program.output,
      stop: program.stop,
    }
  }

/** The client starts with the line that the server prints. */
export const byPrintedLine =
  (name: OpenAiClient) =>
  async (options: LaunchOptions): Promise<Launcher> => {
    const program = await startProgram({
      command: [...options.server, 'start', '--port', '0', `--${name}`, '--shell', 'bash', ...startFlags(options)],
      folder: options.home,
      environment: serverEnvironment(options),
      ready: /^(env .+)\n/m,
    })
    return {
      command: (args) => inBash(`exec ${program.ready[1]}`, args),
      environment: { PATH: pathWith(options.client), ...ownTraffic, ...(await writeOwnFiles(options, name)) },
      log: program.output,
      stop: program.stop,
    }
  }
