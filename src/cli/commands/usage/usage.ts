import type { ArgsDef } from 'citty'
import { UsageError } from '../../../base/usage-error.ts'
import { type UsageReport, usageKeys } from '../../../usage/usage-report.ts'
import { productName } from '../../../version.ts'
import { choiceFlag, textFlag } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import { settingFlagsNamed } from '../../parse/config-flags.ts'
import type { Flags, ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { runUsageCache } from './cache/usage-cache.ts'
import { currentPrices } from './current-prices.ts'
import { clockOf, countFlag, fileFlags, filterFlags, filterOf, periodFlags } from './flags.ts'
import { readPeriod } from './period.ts'
import { usageCsv } from './usage-csv.ts'
import { whileOpen, withUsageFile } from './usage-file.ts'
import { usageNotes } from './usage-notes.ts'
import { usageText } from './usage-table.ts'

const usualSince = '7d'

/** Without a terminal, the width of a table has no limit. */
const printTable = (report: UsageReport, flags: Flags, io: Io): void => {
  const { lines, omitted } = usageText(report, io.isOutTerminal ? io.outColumns : Number.POSITIVE_INFINITY)
  if (report.total.requests > 0) io.out(`${lines.join('\n')}\n`)
  const notes = usageNotes(report, { omitted, limit: countFlag(flags, 'limit'), isRepriced: flags['reprice'] === true })
  printer(io).info(notes.join('\n'))
}

const runUsage = ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  if (flags['cache'] === true) return runUsageCache(flags, usualSince, io)
  if (flags['session'] !== undefined) throw new UsageError('--session needs --cache.')
  if (flags['json'] === true && flags['csv'] === true) throw new UsageError('Use --json or --csv, not both.')
  const clock = clockOf(flags)
  const period = readPeriod(textFlag(flags, 'since') ?? usualSince, textFlag(flags, 'until'), clock)
  const by = choiceFlag(flags, 'by', usageKeys) ?? 'day'
  const limit = countFlag(flags, 'limit')
  const filter = filterOf(flags)
  return withUsageFile(flags, io, (file) =>
    whileOpen(file, async (history) => {
      const report = await history.summarize({
        ...period,
        ...filter,
        by,
        timezone: clock.zone.name,
        currency: file.config.currency,
        limit,
        priceOf: flags['reprice'] === true ? currentPrices(file.config) : undefined,
      })
      if (flags['json'] === true) io.out(`${JSON.stringify(report, undefined, 2)}\n`)
      else if (flags['csv'] === true) io.out(usageCsv(report))
      else printTable(report, flags, io)
      return 0
    }),
  )
}

/** Reads the history while the server runs, and changes nothing (OP-H7). */
export const usageCommand: Command = {
  name: 'usage',
  description: 'Report requests, tokens and estimated costs',
  details: [
    'Reads the history that a server keeps with --history. It works while the server runs, and it changes nothing. Without a history, it prints how to turn it on, and ends with exit code 1.',
    'Costs are estimates by the prices at the time of each request. Requests without a known price are counted separately.',
    '--cache needs a server with cacheAudit on. Without a history, it reads the last requests of the running server: see docs/prompt-cache.md.',
  ],
  get args(): ArgsDef {
    return {
      by: {
        type: 'string',
        valueHint: usageKeys.join('|'),
        description:
          'Print a row for each of these (default day; with --cache session, which also takes day and model)',
      },
      cache: { type: 'boolean', description: 'Report why requests missed the prompt cache, and what that cost' },
      session: { type: 'string', valueHint: 'id', description: 'With --cache: count only this session' },
      ...periodFlags(usualSince),
      ...filterFlags,
      limit: {
        type: 'string',
        valueHint: 'count',
        description: 'Print at most this many rows: the last days, or the largest of others; the total counts all',
      },
      reprice: { type: 'boolean', description: 'Compute costs with the prices of now; the history keeps the old ones' },
      json: { type: 'boolean', description: 'Print JSON for a script' },
      csv: { type: 'boolean', description: 'Print CSV for a spreadsheet' },
      ...settingFlagsNamed('host', 'port', 'tls-cert'),
      ...fileFlags,
    }
  },
  examples: [
    { line: `${productName} usage`, what: 'Show each of the last 7 days' },
    {
      line: `${productName} usage --by client --since 2026-11`,
      what: 'Compare the clients since the first of November',
    },
    {
      line: `${productName} usage --by model --since yesterday --until yesterday --csv`,
      what: 'Write CSV for a spreadsheet',
    },
    { line: `${productName} usage --cache`, what: 'See which sessions missed the prompt cache, and why' },
    { line: `${productName} usage watch`, what: 'Follow what is used from now on' },
  ],
  run: runUsage,
}
