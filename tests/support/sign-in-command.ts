import { join } from 'node:path'
import { cli, temporaryFolder } from './cli.ts'
import { writeFile } from './files.ts'
import { startSignInServer } from './sign-in.ts'

/** A running server with sign-in, and the commands of its user. */
export const startSignInCommands = (options: Parameters<typeof startSignInServer>[0] = {}) => {
  const server = startSignInServer(options)
  const folder = temporaryFolder()
  const own = join(folder, '.local', 'state', 'nexus-claude-api', 'sign-in')
  writeFile(join(own, 'server.json'), { url: server.url, pid: process.pid })
  writeFile(join(own, 'admin'), 'the-secret-of-the-commands')
  return {
    server,
    own,
    run: (...args: string[]) => cli(['sign-in', ...args], {}, folder),
    /** The user code of a new request. */
    requestCode(): string {
      const device = server.core.signIn.ask({ clientVersion: 'claude-code/2.1.332', address: '127.0.0.1' })
      if (device === undefined) throw new Error('too many requests')
      return device.userCode
    },
  }
}
