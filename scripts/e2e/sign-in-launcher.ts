import { join } from 'node:path'
import type { StoredSignIn } from '../../src/wire/sign-in-file.ts'
import { freePort } from '../support/free-port.ts'
import { type RunningProgram, startProgram } from '../support/program.ts'
import { signIn, toCredentials } from './claude-gateway/sign-in.ts'
import { type Launcher, type LaunchOptions, pathWith, serverEnvironment, startFlags } from './launcher.ts'
import { createAdmin } from './team-launcher.ts'

/** A server that clients sign in to, and a client that has nothing of it but the address in its user settings. */

/** The settings of a user, as docs/sign-in.md and `setup claude-code --sign-in` write them. */
const userSettings = (url: string) => ({
  forceLoginMethod: 'gateway',
  forceLoginGatewayUrl: url,
  env: { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
})

const withoutAccess = ({ sessions, ...stored }: StoredSignIn): StoredSignIn => ({
  ...stored,
  sessions: sessions.map((session) => ({ ...session, access: [] })),
})

export const bySignIn = async (options: LaunchOptions): Promise<Launcher> => {
  const { home, clientHome, client, server } = options
  const port = String(freePort())
  const url = `http://127.0.0.1:${port}`
  const clientFolder = join(clientHome, '.claude')
  await Bun.write(join(clientFolder, 'settings.json'), JSON.stringify(userSettings(url)))
  const environment = serverEnvironment(options)
  const sessions = join(home, '.local/state/nexus-claude-api/sign-in/sessions.json')
  const programs: RunningProgram[] = []
  const start = async (): Promise<void> => {
    const command = [...server, 'start', '--sign-in', '--port', port, ...startFlags(options)]
    programs.push(await startProgram({ command, folder: home, environment, ready: /"event":"program\.listening"/ }))
  }
  await start()
  const admin = createAdmin(options, environment)
  const credentials = join(clientFolder, '.credentials.json')
  const stored = async (): Promise<StoredSignIn> => (await Bun.file(sessions).json()) as StoredSignIn
  const end = async (): Promise<void> => programs.at(-1)?.end()
  return {
    endpoint: { url, token: '' },
    signIn: {
      stored,
      async restart() {
        await end()
        await start()
      },
      async passHour() {
        await end()
        await Bun.write(sessions, JSON.stringify(withoutAccess(await stored())))
        await start()
        const content = (await Bun.file(credentials).json()) as { enterpriseGateway: { expiresAt: number } }
        content.enterpriseGateway.expiresAt = Date.now()
        await Bun.write(credentials, JSON.stringify(content))
      },
      async signClientIn() {
        const tokens = await signIn(url, (_, { user_code }) => admin(['sign-in', 'approve', user_code]))
        await Bun.write(credentials, JSON.stringify(toCredentials(url, tokens)), { mode: 0o600 })
      },
    },
    admin,
    command: (args) => [client, ...args],
    environment: { PATH: pathWith(client) },
    log: () => programs.map(({ output }) => output()).join(''),
    stop: async () => programs.at(-1)?.stop(),
  }
}
