import { dirname, join } from 'node:path'
import { cli, temporaryFolder } from './cli.ts'
import { configPath, readJson } from './files.ts'

/** The `clients` commands of one user. */
export const startClients = () => {
  const folder = temporaryFolder()
  const path = join(dirname(configPath(folder)), 'clients.json')
  return {
    folder,
    path,
    read: () => (readJson(path) as { readonly clients: readonly Record<string, unknown>[] }).clients,
    run: (args: readonly string[], environment: Record<string, string> = {}) =>
      cli(['clients', ...args], environment, folder),
  }
}

export const tokenPattern = /^nxc_[\w-]{43}\n$/
