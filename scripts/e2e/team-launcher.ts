import { join } from 'node:path'
import { apiKey, type Launcher, type LaunchOptions, pathWith, serverEnvironment, startFlags } from './launcher.ts'
import { ownTraffic, writeOwnFiles } from './openai-launchers.ts'
import { startProgram } from './program.ts'

/** A server for a team, with named clients, limits, a history and metrics. The client is `alice`. */

export const teamClient = 'alice'

const limits = ['--rate-limit', '6000', '--max-concurrency', '50', '--queue', '50']

/** Runs one of the server's other commands. Returns its standard output; throws with its error. */
const createAdmin =
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
  name: 'claude' | 'codex' | 'opencode',
  options: LaunchOptions,
  url: string,
  token: string,
): Promise<Readonly<Record<string, string>>> =>
  name === 'claude'
    ? { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: token, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }
    : { NEXUS_CLIENT_TOKEN: token, CODEX_API_KEY: token, ...ownTraffic, ...(await writeOwnFiles(options, name, url)) }

export const byTeam =
  (name: 'claude' | 'codex' | 'opencode') =>
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
    const { ready, output, stop } = await startProgram({
      command: [...options.server, 'start', '--port', '0', ...limits, ...startFlags(options)],
      folder: options.home,
      environment,
      ready: /"event":"program\.listening","address":"([^"]+)"/,
    })
    const url = String(ready[1])
    return {
      endpoint: { url, token },
      admin,
      command: (args) => [options.client, ...args],
      environment: {
        PATH: pathWith(options.client),
        // The trap is the proxy for every other address.
        NO_PROXY: '127.0.0.1',
        no_proxy: '127.0.0.1',
        ...(await clientVariables(name, options, url, token)),
      },
      log: output,
      stop,
    }
  }
