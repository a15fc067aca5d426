import type { ArgsDef } from 'citty'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import { localUrl } from '../clients/connection.ts'
import { readConfig } from '../config/config-input.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlagsNamed, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import { fetchStatus } from '../system/fetch-health.ts'
import { openBrowser } from '../system/open-browser.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

const deadlineMs = 3000
const notFoundStatus = 404

const reasonOf = (status: number | undefined, address: string): string | undefined => {
  if (status === undefined) return `No server answers at ${address}.`
  return status === notFoundStatus ? `The server at ${address} has no dashboard.` : undefined
}

const runDashboard = async ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  // Reads no secret: the page itself requires a token where one is needed.
  const { config } = await readConfig(flags, io, { secrets: [] })
  const { port } = config
  if (port === 0) {
    throw new UsageError('Only the server knows the port that --port 0 chose. Give the port that it printed: --port.')
  }
  const address = localUrl(config, port)
  const url = `${address}/dashboard`
  const status = await fetchStatus(url, io.times?.healthMs ?? deadlineMs)
  const reason = reasonOf(status, address)
  if (reason !== undefined) {
    printer(io).fail(`${reason} Start it with ${productName} start --dashboard.`)
    return 1
  }
  io.out(`${url}\n`)
  if (flags['no-browser'] !== true) openBrowser(url, io.machine)
  return 0
}

/** Rejects with UsageError. */
export const dashboardCommand: Command = {
  name: 'dashboard',
  description: 'Open the dashboard of the running server in the browser',
  details: ['Prints the address, too. The server must run with --dashboard.'],
  get args(): ArgsDef {
    return {
      ...settingFlagsNamed('host', 'port', 'tls-cert', 'upstream'),
      'no-browser': { type: 'boolean', description: 'Only print the address' },
      ...sourceFlags,
      ...commonFlags,
    }
  },
  examples: [{ line: `${productName} dashboard`, what: 'Open the page of the server on the configured port' }],
  run: runDashboard,
}
